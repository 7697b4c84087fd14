"""The plugin's own JUnit tests run with the rest, and its sources compile without a warning."""

import os
import re
import shutil

import pytest

from ranker.engine.java import find_jdk
from ranker.engine.maven import find_maven, run
from ranker.engine.plugin import SOURCES
from ranker.settings import PROJECT

STRICT = "-Dmaven.compiler.failOnWarning=true"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A copy of the sources after `mvn test`, so that builds don't meet; and Maven's output.

    The fixtures that both languages test against lie beside it as in the checkout.
    """
    root = tmp_path_factory.mktemp("java")
    copy = root / "es_plugin"
    shutil.copytree(SOURCES, copy, ignore=shutil.ignore_patterns("target"))
    for fixtures in ("wire", "plan"):
        shutil.copytree(PROJECT / "tests" / "contract" / fixtures, root / "tests" / "contract" / fixtures)
    jdk, maven = find_jdk(os.environ), find_maven(os.environ)
    for options in (["-o"], []):
        done = run(maven, copy / "pom.xml", [*options, STRICT, "test"], jdk=jdk, environment=os.environ)
        if "offline mode" not in done.stdout:
            break  # else it says that an artifact was never downloaded
    return copy, done


@pytest.mark.timeout(600)
def test_the_java_tests_pass(built):
    _, done = built
    assert done.returncode == 0, done.stdout[-6000:]


@pytest.mark.parametrize("module", ["core", "elasticsearch", "opensearch"])
def test_they_did_run(built, module):
    copy, _ = built
    reports = (copy / module / "target" / "surefire-reports").glob("*.txt")
    counts = [int(re.search(r"Tests run: (\d+)", report.read_text())[1]) for report in reports]
    assert sum(counts) >= 25
