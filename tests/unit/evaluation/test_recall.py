import httpx
import polars as pl
import pytest

from ranker.engine.rest import EngineRest
from ranker.errors import EncoreError
from ranker.evaluation import recall
from ranker.evaluation.recall import ALL, COARSE, ENTITY, VECTOR, Recalled, bodies, rows, share_found


def test_recall_is_the_share_of_the_good_that_fit_into_the_window():
    good = frozenset("abcd")
    assert share_found(["a", "x", "b", "c"], good, 10) == 3 / 4
    assert share_found(["a", "x", "b", "c"], good, 2) == 1 / 2  # no more than two of four fit
    assert share_found([], good, 10) == 0


def test_a_row_a_kind_and_one_of_all_with_what_each_route_adds():
    found = [
        Recalled("q1", "alias", 2, {COARSE: 0.0, ENTITY: 1.0, VECTOR: 0.5, ALL: 1.0}),
        Recalled("q2", "alias", 2, {COARSE: 0.5, ENTITY: 1.0, VECTOR: 0.5, ALL: 1.0}),
        Recalled("q3", "entity", 1, {COARSE: 1.0, ENTITY: 1.0, VECTOR: 1.0, ALL: 1.0}),
    ]
    alias, entity, every = rows(found)
    assert (alias.kind, entity.kind, every.kind) == ("alias", "entity", "all")
    assert alias.routes[COARSE].mean == 0.25
    assert alias.gains[ENTITY].mean == 0.75
    assert every.gains[VECTOR].mean == pytest.approx(0.5 / 3)
    assert entity.as_json() == {
        "kind": "entity",
        "queries": 1,
        "recall": {key: {"mean": 1.0, "low": 1.0, "high": 1.0} for key in (COARSE, ENTITY, VECTOR, ALL)},
        "gain": {key: {"mean": 0.0, "low": 0.0, "high": 0.0} for key in (ENTITY, VECTOR, ALL)},
    }


def test_each_route_is_asked_for_by_the_engines_clause():
    asked = bodies("hebe", 500)
    assert "function_score" in asked[COARSE]["query"]
    assert [asked[name]["query"]["encore"]["routes"] for name in (ENTITY, VECTOR, ALL)] == [
        ["text", "entity"],
        ["text", "vector"],
        ["text", "entity", "vector"],
    ]
    assert all(body["size"] == 500 for body in asked.values())


class World:
    """A world of three videos, of which the first is good for anything but "nothing"."""

    world = property(lambda self: self)

    def scan(self, name):
        assert name == "videos"
        return pl.LazyFrame({"video_id": ["a", "b", "c"]})

    def tiers(self, query, ids):
        import numpy as np

        return np.array([0 if query == "nothing" else 3, 2, 0])


def ask(monkeypatch, degraded):
    """Recall of two queries by an engine whose first answers are degraded by these causes."""
    causes = list(degraded)

    def answer(self, method, path, body=None, parameters=None):
        headers = {"x-encore-degraded": causes.pop(0)} if causes and "encore" in body["query"] else {}
        hits = [] if "function_score" in body["query"] else [{"_id": "a"}, {"_id": "b"}]
        return httpx.Response(200, json={"hits": {"hits": hits}}, headers=headers)

    monkeypatch.setattr(EngineRest, "exchange", answer)
    asked = pl.DataFrame({"query": ["hebe", "nothing"], "kind": ["alias", "alias"]})
    return list(recall.ask(EngineRest("http://127.0.0.1:1"), "videos", World(), asked, 10))


def test_a_query_without_good_videos_is_left_out_and_a_late_plan_asked_for_again(monkeypatch):
    found, none = ask(monkeypatch, ["timeout"])
    assert none is None
    assert (found.good, found.recall) == (1, {COARSE: 0.0, ENTITY: 1.0, VECTOR: 1.0, ALL: 1.0})


def test_an_engine_without_plans_is_no_measurement(monkeypatch):
    with pytest.raises(EncoreError, match=r"was degraded by \[ranker_unavailable\]: mend that and ask again"):
        ask(monkeypatch, ["ranker_unavailable"] * 5)
