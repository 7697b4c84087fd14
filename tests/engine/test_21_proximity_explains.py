"""Explain gives the formula of proximity with the values in it."""

import pytest

from tests.engine.proximity_titles import near, titles


@pytest.fixture(scope="module")
def index(node):
    with titles(node) as name:
        yield name


def lines(explanation: dict, depth: int = 0) -> list[str]:
    """The tree as indented lines "value = description"."""
    text = f"{'  ' * depth}{explanation['value']:.7g} = {explanation['description']}"
    return [text, *(line for part in explanation["details"] for line in lines(part, depth + 1))]


def test_every_value_of_the_formula_is_there(node, index):
    answer = node.client.explain(index, "far", near("晴天 周杰伦 官方", boost=2))
    assert answer["matched"]
    assert lines(answer["explanation"]) == [
        "1.032593 = proximity(title:晴天 周杰伦 官方), "
        "boost * (coverage - window_weight * (coverage - window)) from:",
        "  2 = boost",
        "  0.7 = window_weight",
        "  0.6666667 = coverage, weight of the terms in the field / of the query = 2 / 3, missing [官方]",
        "  0.4518519 = window [周杰伦@0, 晴天@6], "
        "share * (1 + (terms - 1) * tightness * order) / terms from:",
        "    2 = terms, in the window",
        "    0.6666667 = share, weight of the terms in the window / of the query = 2 / 3",
        "    0.4444444 = tightness, "
        "1 / (1 + gaps / ((terms - 1) * half_gap)) = 1 / (1 + 5 / ((2 - 1) * 4.0))",
        "    0.8 = order, 1 - order_weight * (1 - in_order / (terms - 1)) = 1 - 0.2 * (1 - 0 / (2 - 1))",
    ]


def test_the_explained_value_is_the_score(node, index):
    found = node.client.search(index, query=near(boost=3), explain=True, size=20)
    assert len(found["hits"]["hits"]) == 6
    for hit in found["hits"]["hits"]:
        assert hit["_explanation"]["value"] == hit["_score"]


def test_a_document_without_a_word_says_so(node, index):
    answer = node.client.explain(index, "neither", near())
    assert not answer["matched"]
    assert answer["explanation"]["description"] == "no term of proximity(title:周杰伦 晴天)"


def test_validate_names_the_query(node, index):
    answer = node.client.call("POST", f"/{index}/_validate/query", {"query": near(boost=2)}, explain=True)
    assert answer["explanations"][0]["explanation"] == "(proximity(title:周杰伦 晴天))^2.0"


def test_profile_names_the_query(node, index):
    found = node.client.search(index, query=near(), profile=True)
    assert found["profile"]["shards"][0]["searches"][0]["query"][0]["type"] == "ProximityQuery"


def test_its_words_are_highlighted(node, index):
    found = node.client.search(
        index, query=near(), highlight={"fields": {"title": {"number_of_fragments": 0}}}
    )
    highlights = {hit["_id"]: hit["highlight"]["title"] for hit in found["hits"]["hits"]}
    assert highlights["gap"] == ["<em>周杰伦</em> 现场 <em>晴天</em>"]
