from pathlib import Path

import pytest

from ranker.engine.java import Jdk, find_jdk, find_spark_java, inspect
from ranker.errors import MissingPartError


def jdk(home: Path, *, release: str | None = None, printed: str = "nothing", compiler: bool = True) -> Path:
    """A folder that looks like a JDK to `inspect`."""
    (home / "bin").mkdir(parents=True)
    for program in ("java", "javac") if compiler else ("java",):
        path = home / "bin" / program
        path.write_text(f"#!/bin/sh\necho '{printed}' >&2\n")
        path.chmod(0o755)
    if release is not None:
        (home / "release").write_text(f'IMPLEMENTOR="Somebody"\nJAVA_VERSION="{release}"\n')
    return home


@pytest.mark.parametrize(
    ("release", "version"), [("21.0.2", 21), ("25", 25), ("1.8.0_392", 8), ("26-ea", 26), ("17.0.15", 17)]
)
def test_the_release_file_tells_the_version(tmp_path, release, version):
    home = jdk(tmp_path / "some", release=release)
    assert inspect(home) == Jdk(home, version)


def test_without_a_release_file_java_is_asked(tmp_path):
    home = jdk(tmp_path / "some", printed='openjdk version "21.0.4" 2026-07-16')
    assert inspect(home) == Jdk(home, 21)


def test_a_release_file_without_a_version_is_no_answer(tmp_path):
    home = jdk(tmp_path / "some", printed='java version "1.8.0_392"')
    (home / "release").write_text('SOURCE=".:git:1234"\n')
    assert inspect(home) == Jdk(home, 8)


def test_a_runtime_without_a_compiler_is_no_jdk(tmp_path):
    assert inspect(jdk(tmp_path / "jre", release="25", compiler=False)) is None


def test_a_java_that_says_nothing_readable_is_no_jdk(tmp_path):
    assert inspect(jdk(tmp_path / "odd", printed="hello")) is None


def test_java_home_comes_first(tmp_path):
    chosen = jdk(tmp_path / "a", release="21.0.1")
    jdk(tmp_path / "jvm" / "newer", release="25")
    found = find_jdk({"JAVA_HOME": str(chosen), "PATH": ""}, [f"{tmp_path}/jvm/*"])
    assert found == Jdk(chosen, 21)


def test_an_old_java_home_is_passed_over(tmp_path):
    old = jdk(tmp_path / "old", release="17.0.15")
    new = jdk(tmp_path / "jvm" / "new", release="25.0.1")
    assert find_jdk({"JAVA_HOME": str(old), "PATH": ""}, [f"{tmp_path}/jvm/*"]) == Jdk(new, 25)


def test_a_java_home_that_does_not_exist_is_passed_over(tmp_path):
    new = jdk(tmp_path / "jvm" / "new", release="25.0.1")
    environment = {"JAVA_HOME": str(tmp_path / "nowhere"), "PATH": ""}
    assert find_jdk(environment, [f"{tmp_path}/jvm/*"]) == Jdk(new, 25)


def test_the_path_is_followed_through_links(tmp_path):
    home = jdk(tmp_path / "real", release="24")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").symlink_to(home / "bin" / "java")
    assert find_jdk({"PATH": str(tmp_path / "bin")}, []) == Jdk(home, 24)


def test_the_newest_of_the_usual_folders_wins(tmp_path):
    for name, release in (("x17", "17"), ("x21", "21"), ("x25", "25"), ("x9", "9")):
        jdk(tmp_path / "jvm" / name, release=release)
    assert find_jdk({"PATH": ""}, [f"{tmp_path}/jvm/*"]).version == 25


def test_a_folder_below_home_needs_a_home(tmp_path):
    home = jdk(tmp_path / ".sdkman" / "candidates" / "java" / "25-tem", release="25")
    patterns = ["~/.sdkman/candidates/java/*"]
    assert find_jdk({"PATH": "", "HOME": str(tmp_path)}, patterns) == Jdk(home, 25)
    with pytest.raises(MissingPartError):
        find_jdk({"PATH": ""}, patterns)


def test_only_old_ones_are_named_in_the_sentence(tmp_path):
    jdk(tmp_path / "jvm" / "a", release="17.0.15")
    jdk(tmp_path / "jvm" / "b", release="1.8.0")
    with pytest.raises(MissingPartError) as refusal:
        find_jdk({"PATH": ""}, [f"{tmp_path}/jvm/*"])
    assert str(refusal.value) == (
        "no JDK of version 21 or later (found only [17, 8] in JAVA_HOME, PATH and the usual folders): "
        "install one, for instance Temurin 25, or set JAVA_HOME to it"
    )
    assert refusal.value.exit_code == 3


def test_none_at_all(tmp_path):
    with pytest.raises(MissingPartError, match=r"no JDK of version 21 or later \(found none in JAVA_HOME"):
        find_jdk({"PATH": ""}, [f"{tmp_path}/jvm/*"])


def test_spark_runs_on_a_runtime_and_not_on_too_new_a_java(tmp_path):
    newest = jdk(tmp_path / "jvm" / "x25", release="25")
    jdk(tmp_path / "jvm" / "x17", release="17.0.15", compiler=False)
    fit = jdk(tmp_path / "jvm" / "x21", release="21.0.1", compiler=False)
    environment = {"JAVA_HOME": str(newest), "PATH": ""}
    assert find_spark_java(environment, [f"{tmp_path}/jvm/*"]) == Jdk(fit, 21)


def test_spark_takes_the_java_that_was_chosen_if_it_fits(tmp_path):
    chosen = jdk(tmp_path / "chosen", release="17.0.15")
    jdk(tmp_path / "jvm" / "x21", release="21.0.1")
    assert find_spark_java({"JAVA_HOME": str(chosen), "PATH": ""}, [f"{tmp_path}/jvm/*"]) == Jdk(chosen, 17)


def test_what_spark_cannot_run_on_is_named_in_the_sentence(tmp_path):
    for name, release in (("a", "25"), ("b", "11.0.2")):
        jdk(tmp_path / "jvm" / name, release=release)
    with pytest.raises(MissingPartError) as refusal:
        find_spark_java({"PATH": ""}, [f"{tmp_path}/jvm/*"])
    assert str(refusal.value) == (
        "no Java of version 17 to 21 (found only [11, 25] in JAVA_HOME, PATH and the usual folders), which"
        " Spark needs: install one, or run with --backend duckdb"
    )
