import pytest

from ranker.engine.take_up import wait_for_models
from ranker.errors import EncoreError, MissingPartError

OLD = {"mmoe": "1", "relevance": "1", "formula": "v1"}
NEW = {"mmoe": "2", "relevance": "2", "formula": "v1"}


class Ranker:
    """Says one after the other; the last again and again."""

    def __init__(self, *said):
        self.said = list(said)

    def versions(self):
        now = self.said.pop(0) if len(self.said) > 1 else self.said[0]
        if now is None:
            raise MissingPartError("it does not answer")
        return now


def test_it_waits_for_every_generation_and_through_a_restart():
    ranker = Ranker({"a": OLD, "b": OLD}, None, {"a": NEW, "b": OLD}, {"a": NEW, "b": NEW})
    paused = []
    assert wait_for_models(ranker, {"mmoe": 2, "relevance": 2}, pause=paused.append)
    assert paused == [0.2, 0.2, 0.2]


def test_without_a_generation_there_is_nothing_to_wait_for():
    assert not wait_for_models(Ranker({}), {"mmoe": 2})


def test_time_is_bounded():
    with pytest.raises(EncoreError) as raised:
        wait_for_models(Ranker({"a": OLD}), {"mmoe": 2}, seconds=0, pause=lambda _: None)
    assert str(raised.value) == (
        "[mmoe 2] are published, and the ranker has not taken them up in [0] seconds; the models before go "
        "on answering: look at `encore status`, or start it again"
    )
