import os
import shutil
from pathlib import Path

import pytest

from ranker.engine import plugin
from ranker.engine.java import find_jdk
from ranker.engine.plugin import SOURCES, compiler_errors, plugin_zip, source_hash
from ranker.errors import MissingPartError
from ranker.settings import Settings


@pytest.fixture
def sources(tmp_path):
    """A pom, three modules with a source each, a test, a build folder and a README."""
    for name in ("core", "elasticsearch", "opensearch"):
        main = tmp_path / "es_plugin" / name / "src" / "main" / "java"
        main.mkdir(parents=True)
        (tmp_path / "es_plugin" / name / "pom.xml").write_text(f"<project>{name}</project>")
        (main / "A.java").write_text("class A {}")
    (tmp_path / "es_plugin" / "pom.xml").write_text("<project/>")
    return tmp_path / "es_plugin"


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path / "data", cache=tmp_path / "cache")


@pytest.fixture
def jdk(tmp_path):
    """A folder that says it is a JDK 21."""
    home = tmp_path / "jdk"
    (home / "bin").mkdir(parents=True)
    for name in ("java", "javac"):
        (home / "bin" / name).touch()
    (home / "release").write_text('JAVA_VERSION="21.0.1"\n')
    return home


def maven(tmp_path, script: str) -> dict[str, str]:
    """An environment in which `mvn` is this shell script; its last -f argument is $POM."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "mvn").write_text(
        f'#!/bin/sh\necho "$@" >> {folder}/calls\nPOM=$5\nBUILD=$(dirname "$POM")\n{script}\n'
    )
    (folder / "mvn").chmod(0o755)
    return {"PATH": f"{folder}:{os.defpath}"}


PACKAGE = (
    "TARGET=$BUILD/elasticsearch/target; mkdir -p $TARGET && echo zip > $TARGET/encore-elasticsearch-9.zip"
)


def test_the_hash_sees_what_the_zip_is_made_from(sources):
    before = source_hash(sources)
    assert len(before) == 16
    for unseen in ("core/src/test/java/ATest.java", "core/target/classes/A.class", "README.md"):
        (sources / unseen).parent.mkdir(parents=True, exist_ok=True)
        (sources / unseen).write_text("x")
        assert source_hash(sources) == before, unseen
    for seen in ("core/src/main/java/B.java", "elasticsearch/pom.xml", "pom.xml"):
        (sources / seen).write_text("changed")
        assert source_hash(sources) != before, seen
        before = source_hash(sources)


def test_each_engines_zip_has_a_hash_of_its_own(sources):
    before = source_hash(sources), source_hash(sources, "opensearch")
    assert before[0] != before[1]
    (sources / "opensearch" / "src" / "main" / "java" / "A.java").write_text("changed")
    assert source_hash(sources) == before[0]
    assert source_hash(sources, "opensearch") != before[1]


def test_only_the_engines_module_is_built(sources, settings, jdk, tmp_path):
    script = """
        TARGET=$BUILD/opensearch/target; mkdir -p $TARGET && echo zip > $TARGET/encore-opensearch-9.zip
        ls $BUILD/*/src -d > $(dirname $0)/modules; ls $BUILD/*/pom.xml > $(dirname $0)/poms"""
    environment = maven(tmp_path, script)
    told = []
    built = plugin_zip(
        settings, jdk, told.append, engine="opensearch", sources=sources, environment=environment
    )
    assert built.name == "encore-opensearch-9.zip"
    assert built.parent == settings.cache_path / "plugin" / source_hash(sources, "opensearch")
    assert told == ["building the plugin for opensearch"]
    assert "-pl opensearch -am" in (tmp_path / "bin" / "calls").read_text()
    modules = (tmp_path / "bin" / "modules").read_text().split()
    assert [Path(path).parent.name for path in modules] == ["core", "opensearch"]
    assert len((tmp_path / "bin" / "poms").read_text().split()) == 3


def test_a_moved_line_between_files_changes_the_hash(sources):
    before = source_hash(sources)
    main = sources / "core" / "src" / "main" / "java"
    (main / "A.java").rename(main / "B.java")
    assert source_hash(sources) != before


def test_it_builds_once_offline_and_leaves_only_the_zip(sources, settings, jdk, tmp_path):
    environment = maven(tmp_path, PACKAGE)
    told = []
    built = plugin_zip(settings, jdk, told.append, sources=sources, environment=environment)
    assert built.name == "encore-elasticsearch-9.zip"
    assert built.parent == settings.cache_path / "plugin" / source_hash(sources)
    assert [path.name for path in built.parent.iterdir()] == [built.name]
    assert told == ["building the plugin for elasticsearch"]
    assert plugin_zip(settings, jdk, told.append, sources=sources, environment={}) == built
    assert len((tmp_path / "bin" / "calls").read_text().splitlines()) == 1
    assert len(told) == 1
    assert not (sources / "elasticsearch" / "target").exists()


def test_it_downloads_when_offline_is_not_enough(sources, settings, jdk, tmp_path):
    environment = maven(tmp_path, f'case "$*" in *" -o "*) exit 1;; esac\n{PACKAGE}')
    assert plugin_zip(settings, jdk, sources=sources, environment=environment).exists()
    assert len((tmp_path / "bin" / "calls").read_text().splitlines()) == 2


def test_a_compiler_error_is_shown_and_not_tried_again(sources, settings, jdk, tmp_path):
    environment = maven(
        tmp_path,
        """
        echo "[ERROR] COMPILATION ERROR : "
        echo "[ERROR] $BUILD/core/src/main/java/A.java:[3,7] ';' expected"
        echo "[ERROR] $BUILD/core/src/main/java/A.java:[3,7] ';' expected"
        exit 1""",
    )
    with pytest.raises(MissingPartError) as caught:
        plugin_zip(settings, jdk, sources=sources, environment=environment)
    assert str(caught.value) == (
        f"the plugin in [{sources}] does not compile: [core/src/main/java/A.java:[3,7] ';' expected]; "
        "mend these first"
    )
    assert len((tmp_path / "bin" / "calls").read_text().splitlines()) == 1
    assert list((settings.cache_path / "plugin").glob("[!.]*")) == []


def test_another_failure_gives_mavens_first_error(sources, settings, jdk, tmp_path):
    environment = maven(tmp_path, 'echo "[ERROR] Unknown host"; exit 1')
    with pytest.raises(MissingPartError) as caught:
        plugin_zip(settings, jdk, sources=sources, environment=environment)
    assert str(caught.value) == (
        "Maven's build of the plugin failed: [Unknown host]; "
        "look at the network or Maven's settings.xml and try again"
    )


def test_no_maven(sources, settings, jdk):
    with pytest.raises(MissingPartError, match=r"no Maven: \[mvn\] is not in PATH"):
        plugin_zip(settings, jdk, sources=sources, environment={"PATH": "/nowhere"})


def test_no_jdk(sources, settings, tmp_path):
    with pytest.raises(MissingPartError) as caught:
        plugin_zip(settings, tmp_path / "none", sources=sources, environment={})
    assert str(caught.value) == f"no JDK of version 21 or later at [{tmp_path}/none]: set JAVA_HOME to one"


def test_no_sources(settings, jdk, tmp_path):
    with pytest.raises(MissingPartError) as caught:
        plugin_zip(settings, jdk, sources=tmp_path / "gone", environment={})
    assert str(caught.value) == (
        f"no plugin sources at [{tmp_path}/gone]: work from a checkout, installed with `pip install -e`"
    )


def test_only_the_first_errors_are_shown():
    output = "\n".join(f"[ERROR] /x/core/src/main/java/A.java:[{i},1] wrong" for i in range(9))
    assert compiler_errors(output) == [f"core/src/main/java/A.java:[{i},1] wrong" for i in range(3)]
    assert compiler_errors("[ERROR] Unknown host") == []


@pytest.mark.skipif(shutil.which("mvn") is None, reason="needs Maven")
def test_a_real_compiler_error_is_recognised(settings, tmp_path):
    copy = tmp_path / "es_plugin"
    shutil.copytree(SOURCES, copy, ignore=shutil.ignore_patterns("target", "test"))
    (copy / "core" / "src" / "main" / "java" / "Broken.java").write_text("class Broken { int x = ; }\n")
    with pytest.raises(
        MissingPartError, match=r"core/src/main/java/Broken.java:\[1,24\] illegal start of expression"
    ):
        plugin_zip(settings, find_jdk(os.environ).home, sources=copy)


def test_the_sources_of_the_checkout_are_found():
    assert (SOURCES / "pom.xml").is_file()
    assert Path(plugin.__file__).is_relative_to(SOURCES.parent)
