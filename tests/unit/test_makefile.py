"""`make clean` and `make distclean` on a folder of this shape, where `encore` only notes its calls."""

import shutil
import subprocess

import pytest

from ranker.settings import PROJECT

MADE = (".venv/bin", "es_plugin/core/target", ".mypy_cache", "ranker/text/__pycache__", "encore.egg-info")
KEPT = ("es_plugin/core/src", "ranker/text", "tests", ".git")


@pytest.fixture
def checkout(tmp_path):
    for name in (*MADE, *KEPT, ".encore/engine"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
    shutil.copy(PROJECT / "Makefile", tmp_path)
    command = tmp_path / ".venv" / "bin" / "encore"
    command.write_text(
        '#!/bin/sh\necho "$@" >> called\nif [ -e refuses ] && [ "$1" = down ]; then exit 1; fi\n'
    )
    command.chmod(0o755)
    return tmp_path


def make(checkout, target):
    return subprocess.run(["make", target], cwd=checkout, capture_output=True, text=True, check=False)


def there(checkout, names):
    return {name for name in names if (checkout / name).exists()}


def test_clean_stops_the_stack_and_leaves_its_data(checkout):
    assert make(checkout, "clean").returncode == 0
    assert (checkout / "called").read_text().splitlines() == ["--help", "down"]
    assert there(checkout, MADE) == set()
    assert there(checkout, KEPT) == set(KEPT)
    assert (checkout / ".encore" / "engine").is_dir()


def test_distclean_removes_the_data_too(checkout):
    assert make(checkout, "distclean").returncode == 0
    assert (checkout / "called").read_text().splitlines() == ["--help", "down"]
    assert there(checkout, [*MADE, ".encore"]) == set()


def test_nothing_is_removed_from_a_stack_that_would_not_stop(checkout):
    (checkout / "refuses").touch()
    assert make(checkout, "distclean").returncode != 0
    assert there(checkout, [*MADE, ".encore/engine"]) == {*MADE, ".encore/engine"}


def test_a_folder_without_the_command_is_cleaned_too(checkout):
    (checkout / ".venv" / "bin" / "encore").unlink()
    assert make(checkout, "distclean").returncode == 0
    assert there(checkout, [*MADE, ".encore"]) == set()
