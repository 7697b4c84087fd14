from pathlib import Path
from xml.etree import ElementTree

import pytest

from ranker.engine.java import Jdk
from ranker.engine.maven import Artifact, failure, fetch, find_maven, project
from ranker.errors import MissingPartError

JDK = Jdk(Path("/some/jdk"), 25)
ARTIFACTS = [Artifact("org.example", "thing", "1.2"), Artifact("org.example", "lone", "3", "zip", alone=True)]


def scripted(folder: Path, script: str) -> dict[str, str]:
    """An environment whose `mvn` is this shell script."""
    folder.mkdir()
    (folder / "mvn").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "mvn").chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


def test_the_project_names_each_artifact():
    pom = ElementTree.fromstring(project(ARTIFACTS))
    found = [[child.text for child in list(node)[:4]] for node in pom.iter("dependency")]
    assert found == [["org.example", "thing", "1.2", "jar"], ["org.example", "lone", "3", "zip"]]
    alone = [node.find("exclusions/exclusion/groupId") is not None for node in pom.iter("dependency")]
    assert alone == [False, True]


def test_no_maven():
    with pytest.raises(MissingPartError) as refusal:
        find_maven({"PATH": "/nowhere"})
    assert str(refusal.value) == ("no Maven: [mvn] is not in PATH; install it (Debian: apt install maven)")


def test_what_the_local_repository_holds_needs_no_network(tmp_path):
    environment = scripted(tmp_path / "bin", f'echo "$JAVA_HOME $*" >> {tmp_path}/calls')
    fetch(ARTIFACTS, tmp_path / "jars", jdk=JDK, environment=environment)
    calls = (tmp_path / "calls").read_text().splitlines()
    assert len(calls) == 1
    assert calls[0].startswith("/some/jdk -B -q ")
    assert " -o " in calls[0]
    assert f"-DoutputDirectory={tmp_path}/jars" in calls[0]


def test_else_it_is_downloaded_and_said(tmp_path):
    environment = scripted(
        tmp_path / "bin", f'echo "$*" >> {tmp_path}/calls\ncase "$*" in *" -o "*) exit 1;; esac'
    )
    said: list[str] = []
    fetch(ARTIFACTS, tmp_path / "jars", jdk=JDK, environment=environment, progress=said.append)
    assert len((tmp_path / "calls").read_text().splitlines()) == 2
    assert said == ["downloading from Maven's repository"]


def test_a_failed_download_is_one_sentence_with_the_first_cause(tmp_path):
    environment = scripted(
        tmp_path / "bin",
        "echo '[INFO] x'\necho '[ERROR] no such host: repo'\necho '[ERROR] -> [Help 1]'\nexit 1",
    )
    with pytest.raises(MissingPartError) as refusal:
        fetch(ARTIFACTS, tmp_path / "jars", jdk=JDK, environment=environment)
    assert str(refusal.value) == (
        "Maven's download failed: [no such host: repo]; "
        "look at the network or Maven's settings.xml and try again"
    )


def test_a_full_disk_says_so():
    output = "[ERROR] could not copy\njava.io.IOException: No space left on device\n"
    assert failure("download", output) == (
        "Maven's download failed because the disk is full: free some space and try again"
    )


@pytest.mark.parametrize(
    ("output", "cause"), [("", "no output"), ("killed\n", "killed"), ("[ERROR]\n[ERROR] real", "real")]
)
def test_whatever_it_printed_there_is_a_cause(output, cause):
    assert failure("download", output).startswith(f"Maven's download failed: [{cause}];")


def test_a_page_of_output_is_cut():
    assert len(failure("download", "[ERROR] " + "x" * 5000)) < 600
