"""Bad proximity queries are refused with status 400, the value in [brackets]."""

import pytest

from tests.engine.proximity_titles import near, titles


@pytest.fixture(scope="module")
def index(node):
    with titles(node) as name:
        yield name


def reason(answer) -> str:
    """The innermost reason of an error answer."""
    error = answer.json()["error"]
    assert answer.status_code == 400, answer.text
    return error["root_cause"][0]["reason"]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ({}, "[proximity] needs a field, found none in [{}]"),
        ({"title": {}}, "[proximity] on field [title] needs [query]"),
        ({"title": ["a"]}, "[proximity] [query] must be a string, got [an array]"),
        (
            {"title": "a", "tags": "b"},
            "[proximity] query doesn't support multiple fields, found [title] and [tags]",
        ),
        ({"title": {"query": "a", "slop": 2}}, "[proximity] query does not support [slop]"),
        ({"title": {"query": "a", "boost": -1}}, "[proximity] [boost] must be at least 0, got [-1]"),
        (
            {"title": {"query": "a", "half_gap": 0}},
            "[proximity] half_gap must be a finite number above 0, got [0.0]",
        ),
        (
            {"title": {"query": "a", "window_weight": 2}},
            "[proximity] window_weight must lie between 0 and 1, got [2.0]",
        ),
        ({"title": {"query": "a", "analyzer": "none"}}, "[proximity] analyzer [none] not found"),
        (
            {"title.bare": "a"},
            "[proximity] reads positions, and field [title.bare] of type [text] is indexed without them: "
            "name a text field",
        ),
        (
            {"title.raw": "a"},
            "[proximity] reads positions, and field [title.raw] of type [keyword] is indexed without them: "
            "name a text field",
        ),
        (
            {"plays": "1"},
            "[proximity] reads positions, and field [plays] of type [float] is indexed without them: "
            "name a text field",
        ),
        (
            {"title": " ".join(f"w{i}" for i in range(257))},
            "[proximity] on field [title] takes at most [256] terms: shorten its text",
        ),
    ],
)
def test_the_message_is_exact(node, index, inside, expected):
    answer = node.http.post(f"/{index}/_search", json={"query": {"proximity": inside}})
    assert reason(answer) == expected


def test_the_place_of_the_error_is_named(node, index):
    answer = node.http.post(f"/{index}/_search", json={"query": near(slop=1)})
    cause = answer.json()["error"]["root_cause"][0]
    assert (cause["type"], cause["line"]) == ("parsing_exception", 1)
    assert cause["col"] > 1


def test_a_search_over_two_indices_names_the_one_that_refuses(node, index):
    node.client.create("keyword-titles", {"properties": {"title": {"type": "keyword"}}})
    try:
        answer = node.http.post(f"/{index},keyword-titles/_search", json={"query": near()})
        shards = answer.json()["_shards"]
        assert (answer.status_code, shards["successful"], shards["failed"]) == (200, 1, 1)
        assert shards["failures"][0]["index"] == "keyword-titles"
        assert "field [title] of type [keyword]" in shards["failures"][0]["reason"]["reason"]
    finally:
        node.client.drop("keyword-titles")
