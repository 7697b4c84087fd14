"""The ranker serves from an image without the trainer's parts: an import of torch there would end it."""

import subprocess
import sys
import textwrap

import pytest


def imported(*modules):
    """Import in a fresh interpreter that has no torch and no transformers."""
    program = """
        import sys
        sys.modules["torch"] = sys.modules["transformers"] = None
    """ + "".join(f"\n        import {module}" for module in modules)
    command = [sys.executable, "-c", textwrap.dedent(program)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_server_and_its_features_import_without_torch():
    done = imported("ranker.serving.__main__", "ranker.features.builder", "ranker.features.item_vectors")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("trainer", ["ranker.ranking.training", "ranker.relevance.training"])
def test_the_trainers_do_not(trainer):
    """Or else the test above would show nothing."""
    done = imported(trainer)
    assert done.returncode == 1
    assert "import of torch halted" in done.stderr
