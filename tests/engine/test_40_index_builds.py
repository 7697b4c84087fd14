"""One build makes one generation: index, columns and dictionary of one name, behind the alias at once."""

import os

import pytest

from ranker.engine.index.generation import Manifest
from ranker.engine.index.status import status
from ranker.features.columns import VideoColumns
from ranker.recall.coarse import VECTOR_BOOST
from tests.engine.catalogues import CLIPS, ask, built, ids, site_of
from tests.engine.spellings import nearest


@pytest.fixture(scope="module")
def site(node, cache):
    with site_of(node, cache, os.environ, "clips") as opened:
        yield opened


@pytest.fixture(scope="module")
def build(site, tmp_path_factory):
    return built(site, tmp_path_factory.mktemp("clips"))


def test_the_report_adds_up(site, build):
    report = build.as_json()
    assert {name: report[name] for name in ("rows", "indexed", "merged", "refused")} == {
        "rows": 5,
        "indexed": 4,
        "merged": 1,
        "refused": 0,
    }
    assert site.count("clips") == 4


def test_one_name_stands_for_index_columns_and_dictionary(site, build):
    name = build.manifest.generation
    assert site.live() == name
    meta = site.rest.call("GET", f"/{name}/_mapping")[name]["mappings"]["_meta"]
    assert meta == {
        "schema": 1,
        "generation": name,
        "dictionary": build.manifest.dictionary,
        "encoder": site.vectors.encoder.identity.as_json(),
        "clock_offset_ms": 0,
    }
    columns = VideoColumns.open(site.folder(name))
    assert columns.dictionary == build.manifest.dictionary
    assert (columns.rows(["BV1", "BV2", "BV3", "BV4", "BV5"]) >= 0).tolist() == [True] * 4 + [False]
    assert Manifest.read(site.folder(name)) == build.manifest


def test_words_are_found_and_the_tighter_and_more_popular_comes_first(site, build):
    assert ids(site, "周杰伦 晴天") == ["BV1", "BV2"]
    assert ids(site, "流星雨") == ["BV4"]
    assert ask(site, "流星雨").hits[0].title == "一起来看流星雨 第二集"  # the row with most plays


def test_traditional_and_full_width_text_finds_the_same(site, build):
    assert ids(site, "週杰倫 晴天") == ids(site, "周杰倫　晴天") == ["BV1", "BV2"]


def test_the_coarse_score_is_named(site, build):
    hit = ask(site, "晴天").hits[0]
    assert hit.coarse_score == pytest.approx(hit.score)


def test_titles_are_found_by_meaning_too(node, site, build):
    vector = site.vectors.encoder.encode(["Hebe 小幸运 音乐录影带"])[0].tolist()
    (hit,) = node.client.search("clips", **nearest(node, "title_vector", vector, 1))["hits"]["hits"]
    assert hit["_id"] == "BV3"
    assert "title_vector" not in hit["_source"]  # 512 numbers that no reader of hits wants


def test_words_and_meaning_add_up(node, site, build):
    """A score is the words' and ten times (1 + cosine) / 2, on either engine."""
    vector = site.vectors.encoder.encode(["晴天"])[0]
    words = ask(site, "晴天")
    both = ask(site, "晴天", knn=vector.tolist(), engine=node.product)
    titles = site.vectors.encoder.encode([hit.title for hit in both.hits])
    alone = {hit.id: hit.score for hit in words.hits}
    assert {hit.id for hit in both.hits} == {"BV1", "BV2", "BV3", "BV4"}
    for hit, title in zip(both.hits, titles, strict=True):
        near = VECTOR_BOOST * (1 + float(title @ vector)) / 2
        assert hit.score == pytest.approx(alone.get(hit.id, 0.0) + near, rel=0.02)  # vectors of seven bits
        assert hit.coarse_score == pytest.approx(hit.score)


def test_unchanged_content_is_not_built_again(site, build, tmp_path):
    again = built(site, tmp_path, if_changed=True)
    assert again.unchanged
    assert again.manifest.generation == build.manifest.generation


def test_the_status_tells_all(site, build):
    found = status(site)
    assert (found.live, found.ranker, found.whole) == (build.manifest.generation, "offline", True)
    (entry,) = found.generations
    assert (entry.documents, entry.live, entry.source) == (4, True, "catalogue.csv")


def test_an_unknown_field_is_refused_by_the_mapping(node, site, build):
    answer = node.http.put("/clips/_doc/BV9", json={"title": "x", "tier": 3})
    assert answer.status_code == 400
    assert "mapping set to strict, dynamic introduction of [tier] within [_doc] is not allowed" in answer.text
    assert CLIPS.count("BV9") == 0
