"""Sending a dictionary to an engine that has no room for it."""

import pytest

from ranker.engine import dictionaries
from ranker.engine.rest import EngineError
from ranker.text.dictionary import DictionaryWord, export


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("dictionary")
    return target / export([DictionaryWord("晴天")], target)


@pytest.fixture(autouse=True)
def pauses(monkeypatch):
    made = []
    monkeypatch.setattr(dictionaries, "sleep", made.append)
    return made


class FullEngine:
    """Refuses with these statuses, one a call, before it takes a version."""

    def __init__(self, *statuses):
        self.statuses = list(statuses)

    def call(self, method, path, body=None, parameters=None):
        if self.statuses:
            status = self.statuses.pop(0)
            raise EngineError(f"refused with [{status}]", status, "circuit_breaking_exception")
        return {"result": "created", "nodes": {"total": 2, "ready": 2}, "not_ready": {}}


def test_it_is_sent_again_until_there_is_room(folder, pauses):
    assert dictionaries.put(FullEngine(429, 429), folder) == dictionaries.Sent(folder.name, True, 2)
    assert pauses == [0.5, 1.0]


def test_an_engine_that_stays_full_is_told(folder, pauses):
    with pytest.raises(EngineError, match=r"^refused with \[429\]$"):
        dictionaries.put(FullEngine(*[429] * 5), folder)
    assert pauses == [0.5, 1.0, 2.0, 4.0]


def test_any_other_refusal_is_told_at_once(folder, pauses):
    with pytest.raises(EngineError, match=r"^refused with \[409\]$"):
        dictionaries.put(FullEngine(409), folder)
    assert pauses == []
