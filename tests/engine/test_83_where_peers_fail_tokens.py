"""Where peers fail: tokens that go backwards and highlights that are off (IK 714, 664)."""

import itertools

import pytest

from tests.engine.recall_videos import settings

TEXTS = ("中华人民共和国成立", "周杰伦晴天现场版", "ＫＴＶ 點歌排行榜 Top１０", "𠮷野家 主题曲 🎵 remix")


@pytest.fixture(scope="module")
def index(node):
    words = {"type": "text", "analyzer": "encore_search", "index_options": "offsets"}
    mapping = {"properties": {"title": words | {"term_vector": "with_positions_offsets"}}}
    node.client.create("tokens", mapping, settings(node.product, node.dictionary, 1))
    node.client.fill("tokens", ((str(at), {"title": text}) for at, text in enumerate(TEXTS)))
    yield "tokens"
    node.client.drop("tokens")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("analyzer", ["encore_search", "encore_cut"])
def test_tokens_never_go_backwards(node, index, analyzer, text):
    tokens = node.client.analyze(index, analyzer, text)["tokens"]
    starts = [token["start_offset"] for token in tokens]
    positions = [token["position"] for token in tokens]
    assert starts == sorted(starts)
    assert positions == sorted(positions)
    for before, after in itertools.pairwise(tokens):
        if before["start_offset"] == after["start_offset"]:
            assert before["end_offset"] > after["end_offset"], "of one start the longer first"
    units = text.encode("utf-16-le")
    for token in tokens:
        source = units[2 * token["start_offset"] : 2 * token["end_offset"]].decode("utf-16-le")
        assert len(source) > 0, "offsets never cut a character in two"


@pytest.mark.parametrize("highlighter", ["plain", "unified", "fvh"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("晴天", "周杰伦<em>晴天</em>现场版"),
        ("周杰伦 晴天", "<em>周杰伦</em><em>晴天</em>现场版"),
        ("ktv", "<em>ＫＴＶ</em> 點歌排行榜 Top１０"),
        ("remix", "𠮷野家 主题曲 🎵 <em>remix</em>"),
    ],
)
def test_highlights_are_exact(node, index, highlighter, query, expected):
    found = node.client.search(
        index,
        query={"match": {"title": {"query": query, "operator": "and"}}},
        highlight={"type": highlighter, "fields": {"title": {"number_of_fragments": 0}}},
    )["hits"]["hits"]
    assert [hit["highlight"]["title"][0] for hit in found] == [expected]
