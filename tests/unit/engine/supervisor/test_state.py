import json
import os

import pytest

from ranker.engine.supervisor import state
from ranker.errors import EncoreError
from ranker.settings import Settings


def test_what_is_written_is_read(tmp_path):
    settings = Settings(data=tmp_path)
    settings.run.mkdir()
    content = {"pid": os.getpid(), "started_ms": 1, "engine": {"url": "http://127.0.0.1:9200", "pid": 7}}
    state.write(settings.run, content)
    assert state.read(settings) == content
    assert [path.name for path in settings.run.iterdir()] == ["state.json"]
    assert json.loads((settings.run / "state.json").read_text()) == content


@pytest.mark.parametrize("left", [None, {"pid": 2**22 - 1}])
def test_nothing_runs_is_one_sentence_whatever_a_kill_left(tmp_path, left):
    settings = Settings(data=tmp_path)
    settings.run.mkdir()
    if left is not None:
        state.write(settings.run, left)
    with pytest.raises(EncoreError) as refusal:
        state.read(settings)
    assert str(refusal.value) == f"nothing runs in [{tmp_path}]: start it with 'encore up'"


def test_the_engine_that_runs_is_that_of_every_command(tmp_path):
    settings = Settings(data=tmp_path)
    assert state.settled(settings) == settings
    settings.run.mkdir()
    state.write(settings.run, {"pid": os.getpid(), "product": "opensearch"})
    assert state.settled(settings) == settings.model_copy(update={"engine": "opensearch"})
    assert state.settled(settings, {"pid": 1}) == settings


def test_removing_twice_is_harmless(tmp_path):
    state.write(tmp_path, {})
    state.remove(tmp_path)
    state.remove(tmp_path)
    assert list(tmp_path.iterdir()) == []
