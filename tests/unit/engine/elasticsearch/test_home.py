import zipfile
from pathlib import Path

import pytest

from ranker.engine.elasticsearch import home
from ranker.engine.java import Jdk
from ranker.errors import MissingPartError

JDK = Jdk(Path("/some/jdk"), 25)
DESCRIPTOR = "# a comment\nname=small\nelasticsearch.version={version}\n"


def plugin(path: Path, version: str = home.VERSION, content: str = "1") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("plugin-descriptor.properties", DESCRIPTOR.format(version=version))
        archive.writestr("small.jar", content)
    return path


def base(cache: Path) -> Path:
    """A home as `assemble` makes it, empty-handed."""
    folder = home.base_folder(cache)
    for part in ("lib/tools/ansi-console", "modules/transport-netty4", "plugins"):
        (folder / part).mkdir(parents=True)
    (folder / "lib" / "server.jar").write_text("server")
    (folder / "modules" / "transport-netty4" / "netty.jar").write_text("netty")
    return folder


def assemble(cache: Path, *plugins: Path) -> home.EngineHome:
    return home.assemble(cache, jdk=JDK, environment={"PATH": ""}, plugins=plugins)


def test_a_home_in_the_cache_needs_no_maven(tmp_path):
    folder = base(tmp_path)
    assert assemble(tmp_path) == home.EngineHome(folder, ())


def test_without_maven_a_new_home_is_one_sentence(tmp_path):
    with pytest.raises(MissingPartError) as refusal:
        assemble(tmp_path)
    assert str(refusal.value) == "no Maven: [mvn] is not in PATH; install it (Debian: apt install maven)"
    assert not home.base_folder(tmp_path).exists()


def test_a_disk_without_space_is_refused_before_the_download(tmp_path, monkeypatch):
    monkeypatch.setattr(home, "NEEDED_MEGABYTES", 10**9)
    with pytest.raises(MissingPartError, match=r"MB free and \[1000000000\] are needed"):
        assemble(tmp_path)


def test_a_plugin_gets_a_home_of_its_own_by_its_content(tmp_path):
    folder = base(tmp_path)
    one = assemble(tmp_path, plugin(tmp_path / "one.zip"))
    other = assemble(tmp_path, plugin(tmp_path / "other.zip", content="2"))
    again = assemble(tmp_path, tmp_path / "one.zip")
    assert one.plugins == ("small",)
    assert one.path != other.path
    assert one == again
    assert (one.path / "plugins" / "small" / "small.jar").read_text() == "1"
    assert (other.path / "plugins" / "small" / "small.jar").read_text() == "2"
    linked = other.path / "lib" / "server.jar"
    assert linked.stat().st_ino == (folder / "lib" / "server.jar").stat().st_ino
    assert list((folder / "plugins").iterdir()) == []


def test_a_plugin_for_another_engine_is_refused(tmp_path):
    base(tmp_path)
    archive = plugin(tmp_path / "old.zip", version="9.5.2")
    with pytest.raises(MissingPartError) as refusal:
        assemble(tmp_path, archive)
    assert str(refusal.value) == (
        f"plugin [{archive}] is for Elasticsearch [9.5.2] and the engine is [9.5.3]: build it again"
    )
    assert [path.name for path in (tmp_path / "engine").iterdir() if not path.name.startswith(".")] == [
        home.base_folder(tmp_path).name
    ]


def test_what_is_no_plugin_is_refused(tmp_path):
    base(tmp_path)
    archive = tmp_path / "text.zip"
    archive.write_text("hello")
    with pytest.raises(MissingPartError) as refusal:
        assemble(tmp_path, archive)
    assert str(refusal.value) == f"[{archive}] is not a plugin's zip: build es_plugin again"


def test_a_broken_compiler_is_one_sentence(tmp_path):
    with pytest.raises(MissingPartError) as refusal:
        home._tool(["/bin/sh", "-c", "echo bad jdk; exit 3"])
    assert str(refusal.value) == (
        "[/bin/sh] failed with exit code [3]: [bad jdk]; reinstall that JDK or set JAVA_HOME to another"
    )


@pytest.mark.parametrize(
    ("jar", "place"),
    [
        ("elasticsearch-9.5.3.jar", "lib"),
        ("lucene-core-10.5.1.jar", "lib"),
        ("elasticsearch-entitlement-9.5.3.jar", "lib"),
        ("elasticsearch-entitlement-bridge-9.5.3.jar", "lib/entitlement-bridge"),
        ("netty-buffer-4.1.135.Final.jar", "modules/transport-netty4"),
        ("transport-netty4-9.5.3.jar", "modules/transport-netty4"),
        ("elasticsearch-ssl-config-9.5.3.jar", "modules/transport-netty4"),
    ],
)
def test_each_jar_has_its_place(jar, place):
    assert home._place(jar) == place
