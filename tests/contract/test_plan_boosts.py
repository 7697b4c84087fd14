"""The recall query's constants are the ones that the plugin uses too."""

import json
from pathlib import Path

from ranker.recall import coarse
from ranker.recall.plan_query import BOOSTS, ENTITY_FIELDS

KEPT = json.loads((Path(__file__).parent / "plan" / "boosts.json").read_text("utf-8"))


def test_entities():
    assert {kind: kept["boost"] for kind, kept in KEPT["entities"].items()} == BOOSTS
    assert {kind: tuple(kept["fields"]) for kind, kept in KEPT["entities"].items()} == ENTITY_FIELDS


def test_the_coarse_query():
    words = coarse.words_query("晴天")["multi_match"]
    assert words == {"query": "晴天", **KEPT["text"]}
    scored = coarse.coarse_query("晴天")["function_score"]
    near = scored["query"]["bool"]["should"][0]["proximity"]
    assert near == {KEPT["proximity"]["field"]: {"query": "晴天", "boost": KEPT["proximity"]["boost"]}}
    popular = scored["functions"][1]["field_value_factor"]
    assert (popular["field"], popular["factor"]) == tuple(KEPT["popularity"].values())


def test_the_vector_route():
    clause = coarse.knn_clause([1.0])
    assert (clause["field"], clause["boost"], clause["k"]) == tuple(KEPT["vector"].values())
