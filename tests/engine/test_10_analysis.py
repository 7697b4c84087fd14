"""The analysis components on a real node: tokens, offsets, places, keyword normalizer, refusals."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.running_node import RunningNode

pytestmark = pytest.mark.node


@pytest.fixture(scope="module")
def index(node: RunningNode) -> Iterator[str]:
    name = "analysis-scenarios"
    tokenizers = {
        f"encore_{mode}": {"type": "encore_jieba", "dictionary": node.dictionary, "mode": mode}
        for mode in ("cut", "search")
    }
    node.client.create(
        name,
        settings={
            "analysis": {
                "tokenizer": tokenizers,
                "char_filter": {"plain": {"type": "encore_normalize", "dictionary": node.dictionary}},
                "analyzer": {
                    mode: {"type": "custom", "tokenizer": mode, "filter": ["encore_content"]}
                    for mode in tokenizers
                },
                "normalizer": {"plain": {"type": "custom", "char_filter": ["plain"]}},
            },
        },
        mappings={
            "properties": {
                "title": {"type": "text", "analyzer": "encore_search"},
                "tag": {"type": "keyword", "normalizer": "plain"},
            }
        },
    )
    yield name
    node.client.drop(name)


def _tokens(node: RunningNode, index: str, mode: str, text: str) -> list[tuple[str, int, int, int]]:
    answer = node.client.analyze(index, f"encore_{mode}", text)
    return [(t["token"], t["start_offset"], t["end_offset"], t["position"]) for t in answer["tokens"]]


def test_punctuation_leaves_its_place_empty(node: RunningNode, index: str) -> None:
    assert _tokens(node, index, "cut", "周杰倫《晴天》") == [("周杰伦", 0, 3, 0), ("晴天", 4, 6, 2)]


def test_search_mode_adds_inner_words_longest_first(node: RunningNode, index: str) -> None:
    assert _tokens(node, index, "search", "中华人民共和国") == [
        ("中华人民共和国", 0, 7, 0),
        ("中华", 0, 2, 0),
        ("华人", 1, 3, 1),
        ("人民", 2, 4, 2),
        ("共和国", 4, 7, 3),
        ("共和", 4, 6, 3),
    ]


def test_expansion_has_the_whole_source_span(node: RunningNode, index: str) -> None:
    assert _tokens(node, index, "cut", "😀㍿ﬁlm") == [("株式会社", 2, 3, 1), ("film", 3, 6, 2)]


def test_keyword_is_normalised(node: RunningNode, index: str) -> None:
    node.client.write(index, "1", {"title": "x", "tag": "ＫＴＶ 鄧紫棋"}, refresh=True)
    found = node.client.search(index, query={"term": {"tag": "ktv 邓紫棋"}})
    assert found["hits"]["total"]["value"] == 1


def test_text_that_no_term_can_hold_is_still_indexed(node: RunningNode, index: str) -> None:
    node.client.write(index, "long", {"title": "a" * 40_000 + " 晴天"}, refresh=True)
    found = node.client.search(index, query={"match": {"title": "晴天"}})
    assert [hit["_id"] for hit in found["hits"]["hits"]] == ["long"]


@pytest.mark.parametrize(
    ("tokenizer", "reason"),
    [
        (
            {"dictionary": "0123456789ab"},
            "this node has no dictionary [0123456789ab]: PUT _encore/dictionary/0123456789ab sends it to "
            "every node; it has [",
        ),
        (
            {"dictionary": "../../etc"},
            "[../../etc] is no dictionary version: one has twelve hexadecimal digits",
        ),
        (
            {},
            "needs [dictionary], the version of a dictionary; GET _encore/dictionary lists those there are",
        ),
        ({"mode": "fine"}, "unknown mode [fine]; use [cut] or [search]"),
    ],
)
def test_bad_settings_are_refused(node: RunningNode, tokenizer: dict[str, Any], reason: str) -> None:
    settings = {"type": "encore_jieba", **tokenizer}
    if "mode" in tokenizer:
        settings["dictionary"] = node.dictionary
    answer = node.http.post("/_analyze", json={"tokenizer": settings, "text": "x"})
    assert answer.status_code == 400
    assert reason in answer.json()["error"]["reason"]


def test_several_texts_are_told_apart_by_their_offsets(node: RunningNode, index: str) -> None:
    """A text begins one unit behind the end of the one before it: `encore bench tokens` counts on that."""
    texts = ["😀晴天 ", "", "！", "㍿", "晴天"]
    answer = node.client.analyze(index, "encore_cut", texts)
    starts = [(token["token"], token["start_offset"]) for token in answer["tokens"]]
    assert starts == [("晴天", 2), ("株式会社", 9), ("晴天", 11)]
