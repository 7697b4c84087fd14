import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from ranker.engine import home
from ranker.engine.engines import ENGINES
from ranker.engine.java import Jdk
from ranker.errors import MissingPartError

JDK = Jdk(Path("/some/jdk"), 25)
RECIPE = ENGINES["elasticsearch"].recipe
DESCRIPTOR = "# a comment\nname=small\n{engine}.version={version}\n"


def plugin(
    path: Path, version: str = RECIPE.version, content: str = "1", engine: str = RECIPE.engine
) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("plugin-descriptor.properties", DESCRIPTOR.format(engine=engine, version=version))
        archive.writestr("small.jar", content)
    return path


def base(cache: Path) -> Path:
    """A home as `assemble` makes it, empty-handed."""
    folder = RECIPE.base_folder(cache)
    for part in ("lib/tools/ansi-console", "modules/transport-netty4", "plugins"):
        (folder / part).mkdir(parents=True)
    (folder / "lib" / "server.jar").write_text("server")
    (folder / "modules" / "transport-netty4" / "netty.jar").write_text("netty")
    return folder


def assemble(cache: Path, *plugins: Path) -> home.EngineHome:
    return home.assemble(RECIPE, cache, jdk=JDK, environment={"PATH": ""}, plugins=plugins)


def test_a_home_in_the_cache_needs_no_maven(tmp_path):
    folder = base(tmp_path)
    assert assemble(tmp_path) == home.EngineHome("elasticsearch", folder, ())


def test_without_maven_a_new_home_is_one_sentence(tmp_path):
    with pytest.raises(MissingPartError) as refusal:
        assemble(tmp_path)
    assert str(refusal.value) == "no Maven: [mvn] is not in PATH; install it (Debian: apt install maven)"
    assert not RECIPE.base_folder(tmp_path).exists()


def test_a_disk_without_space_is_refused_before_the_download(tmp_path):
    recipe = replace(RECIPE, needed_megabytes=10**9)
    with pytest.raises(MissingPartError, match=r"MB free and \[1000000000\] are needed"):
        home.assemble(recipe, tmp_path, jdk=JDK, environment={"PATH": ""})


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
        RECIPE.base_folder(tmp_path).name
    ]


def test_a_plugin_of_another_engine_is_refused(tmp_path):
    base(tmp_path)
    archive = plugin(tmp_path / "other.zip", engine="opensearch")
    with pytest.raises(MissingPartError) as refusal:
        assemble(tmp_path, archive)
    assert str(refusal.value) == (
        f"plugin [{archive}] is for Elasticsearch [None] and the engine is [9.5.3]: build it again"
    )


def test_what_is_no_plugin_is_refused(tmp_path):
    base(tmp_path)
    archive = tmp_path / "text.zip"
    archive.write_text("hello")
    with pytest.raises(MissingPartError) as refusal:
        assemble(tmp_path, archive)
    assert str(refusal.value) == f"[{archive}] is not a plugin's zip: build es_plugin again"


@pytest.mark.parametrize(
    ("engine", "name"), [("elasticsearch", "Elasticsearch 9.5.3"), ("opensearch", "OpenSearch 3.5.0")]
)
def test_each_engine_has_its_home(tmp_path, engine, name):
    recipe = ENGINES[engine].recipe
    assert recipe.name == name
    assert recipe.base_folder(tmp_path).name.startswith(f"{engine}-{recipe.version}-")
