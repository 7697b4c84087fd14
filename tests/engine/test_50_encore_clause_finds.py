"""One clause for the whole recall: by words, by names, by nearness, and within filters."""

import pytest

from ranker.recall.coarse import coarse_query
from ranker.recall.plan_query import plan_query
from ranker.understanding.plan import PlanEntity
from tests.engine.fine_rank_songs import ranker
from tests.engine.recall_videos import (
    DIMENSIONS,
    EAST,
    GENERATION,
    VIDEOS,
    clause,
    document,
    entity,
    hits,
    ids,
    marks,
    planning,
    scores,
    search,
    vector_of,
    videos,
)

TEXTS = (
    "周杰伦 晴天",
    "晴天",
    "田馥甄小幸运",
    "hebe",
    "光年之外 翻唱 现场",
    "会不会 主题曲",
    "nothing at all",
)


@pytest.fixture(scope="module")
def index(node):
    with videos(node, "clause-finds") as name:
        yield name


@pytest.fixture
def fake(node):
    with ranker(node) as started:
        yield started


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("routes", [["text"], None], ids=["text", "all"])
def test_by_words_it_scores_as_the_coarse_query(node, index, fake, text, routes):
    options = {} if routes is None else {"routes": routes}
    found = search(node, index, clause(text, **options))
    coarse = search(node, index, coarse_query(text))
    assert scores(found) == scores(coarse)
    assert ids(found) == ids(coarse)
    for ours, theirs in zip(hits(found), hits(coarse), strict=True):
        assert ours["matched_queries"]["coarse_score"] == theirs["matched_queries"]["coarse_score"]
    assert len(fake.asked) == (0 if routes else 1), "words alone need no plan"
    assert "X-Encore-Degraded" not in found.headers
    assert marks(found) == [None] * len(hits(found))


def test_by_words_it_scores_as_the_coarse_query_on_several_shards(node, fake):
    with videos(node, "clause-shards", shards=3) as name:
        for text in TEXTS:
            found = search(node, name, clause(text))
            assert scores(found) == scores(search(node, name, coarse_query(text)))


ENTITIES = [
    entity("artist", ["田馥甄", "hebe"], 0, 4),
    entity("song", ["小幸运"], 5, 7, trust=0.5),
    entity("version", ["现场", "live"], 8, 10),
    entity("artist", ["邓紫棋", "gem"], 11, 13),
    entity("artist", ["周杰伦"], 11, 13, trust=0.25),
]


@pytest.mark.parametrize("text", TEXTS)
def test_with_entities_it_scores_as_the_plan_query(node, index, fake, text):
    fake.plan = planning(*ENTITIES)
    found = search(node, index, clause(text))
    planned = search(node, index, plan_query(text, [PlanEntity(**parts) for parts in ENTITIES]))
    assert scores(found) == scores(planned)
    names = [set(hit["matched_queries"]) for hit in hits(planned)]
    own = {"encore.text", "encore.proximity", "encore.popularity"}
    assert [set(hit["matched_queries"]) - own for hit in hits(found)] == names


def routes_of(answer) -> dict[str, set[str]]:
    """The routes that found each video."""
    whole = {"coarse_score", "encore.popularity"}
    return {hit["_id"]: set(hit["matched_queries"]) - whole for hit in hits(answer)}


def test_matched_queries_tell_the_route(node, index, fake):
    fake.plan = planning(entity("artist", ["田馥甄", "hebe"]), vector=vector_of("v14"))
    found = routes_of(search(node, index, clause("hebe")))
    assert found["v09"] == {"encore.text", "encore.proximity", "encore.entity.artist", "encore.vector"}
    assert found["v03"] == found["v10"] == {"encore.entity.artist", "encore.vector"}
    assert found["v14"] == {"encore.vector"}
    assert set(found) == set(VIDEOS), "so near a place finds all that have a vector"


def test_each_route_alone(node, index, fake):
    fake.plan = planning(entity("artist", ["田馥甄", "hebe"]), vector=EAST)
    assert set(routes_of(search(node, index, clause("hebe", routes=["text"])))) == {"v09"}
    assert set(routes_of(search(node, index, clause("hebe", routes=["entity"])))) == {"v03", "v09", "v10"}
    near = search(node, index, clause("hebe", routes=["vector"]))
    assert set(routes_of(near)) == set(VIDEOS)
    assert all(names == {"encore.vector"} for names in routes_of(near).values())
    assert [sent["options"] for sent in fake.asked] == [
        {"routes": ["entity"], "vector": False},
        {"routes": ["vector"], "vector": True},
    ]


def test_an_entity_counts_its_boost_times_its_trust_and_popularity(node, index, fake):
    for trust, expected in ((1.0, 8.0), (0.25, 2.0)):
        fake.plan = planning(entity("artist", ["田馥甄"], trust=trust))
        found = search(node, index, clause("hebe", routes=["entity"]))
        by_id = {hit["_id"]: hit["matched_queries"] for hit in hits(found)}
        assert by_id["v10"]["encore.entity.artist"] == expected
        popular = by_id["v10"]["encore.popularity"]
        assert popular == pytest.approx(0.05 * document("v10")["popularity"], rel=1e-6)
        assert scores(found)["v10"] == pytest.approx(expected * (1 + popular), rel=1e-6)


def test_the_nearest_titles_count_by_their_nearness(node, index, fake):
    fake.plan = planning(vector=EAST)
    found = search(node, index, clause("hebe", routes=["vector"]))
    for hit in hits(found):
        near = (1 + vector_of(hit["_id"])[0]) / 2  # a dot product, moved to 0 … 1
        assert hit["matched_queries"]["encore.vector"] == pytest.approx(10 * near, rel=1e-5)


def test_a_plan_that_finds_nothing_new_leaves_the_words(node, index, fake):
    assert ids(search(node, index, clause("hebe"))) == ["v09"]
    assert ids(search(node, index, clause("hebe", routes=["entity", "vector"]))) == []


def test_filters_stand_around_all_routes(node, index, fake):
    fake.plan = planning(entity("artist", ["田馥甄", "hebe"]), vector=EAST)
    live = {"term": {"tags.keyword": "现场"}}
    found = search(node, index, clause("hebe 光年之外", filter=live))
    assert set(ids(found)) == {"v01", "v08"}
    assert all("encore.filter" in hit["matched_queries"] for hit in hits(found))
    narrow = [live, {"range": {"plays": {"gte": 1000}}}]
    assert ids(search(node, index, clause("hebe 光年之外", filter=narrow))) == ["v01"]
    words = search(node, index, clause("晴天", routes=["text"]))
    within = search(node, index, clause("晴天", routes=["text"], filter=live))
    assert scores(within) == {"v01": scores(words)["v01"]}


def test_a_plans_filters_hold_too(node, index, fake):
    fake.plan = planning(filters=[{"field": "tags.keyword", "values": ["翻唱", "官方"]}])
    assert ids(search(node, index, clause("晴天 小幸运"))) == ["v03", "v02"]
    live = {"term": {"tags.keyword": "现场"}}
    assert ids(search(node, index, clause("光年之外", filter=live))) == ["v08"]


def test_filtered_neighbours_are_as_many_as_unfiltered_ones(node, fake):
    """Filtering what was found would leave few: the nearest are all of the other sort."""
    more = {}
    for n in range(400):
        angle = n / 400
        sort = "far" if n >= 250 else "near"
        vector = [1 - angle, angle, 0.0, 0.0]
        length = sum(part * part for part in vector) ** 0.5
        more[f"x{n:03d}"] = {
            "video_id": f"x{n:03d}",
            "title": "x",
            "tags": [sort],
            "title_vector": [part / length for part in vector],
        }
    fake.plan = planning(vector=EAST)
    with videos(node, "clause-neighbours", more=more) as name:
        far = {"term": {"tags.keyword": "far"}}
        found = search(node, name, clause("q", routes=["vector"], filter=far), size=200)
        assert len(ids(found)) == 100
        assert sorted(ids(found)) == [f"x{n:03d}" for n in range(250, 350)]
        plain = search(node, name, clause("q", routes=["vector"]), size=200)
        assert len(ids(plain)) == 100


def test_an_index_without_vectors_asks_for_none(node, fake):
    fake.plan = planning(entity("artist", ["田馥甄"]), vector=EAST)
    with videos(node, "clause-no-vectors", dimensions=0) as name:
        found = search(node, name, clause("hebe"))
        assert set(ids(found)) == {"v03", "v09", "v10"}
        assert fake.asked[0]["options"] == {"routes": ["text", "entity"], "vector": False}
        assert "X-Encore-Degraded" not in found.headers


def test_the_ranker_learns_whose_search_it_is(node, index, fake):
    context = {"device": "phone", "page": 2, "list": ["现场", None, 1.5]}
    answer = search(node, index, clause("Hebe 现场", user="u42", context=context))
    (asked,) = fake.asked
    now = asked.pop("now")
    assert asked == {
        "text": "Hebe 现场",
        "user": "u42",
        "context": context,
        "options": {"routes": ["text", "entity", "vector"], "vector": True},
        "index": index,
        "generation": GENERATION,
        "request_id": answer.headers["X-Encore-Request-Id"],
    }
    assert isinstance(now, int)
    (headers,) = fake.asked_headers
    assert headers["Content-Type"] == "application/json"
    assert 4_000 <= int(headers["X-Encore-Deadline-Ms"]) <= 5_000


def test_boost_and_name_are_those_of_any_query(node, index, fake):
    plain = search(node, index, clause("晴天"))
    strong = search(node, index, clause("晴天", boost=3.0, _name="mine"))
    assert scores(strong) == {
        video: pytest.approx(3 * score, rel=1e-6) for video, score in scores(plain).items()
    }
    for hit in hits(strong):
        assert hit["matched_queries"]["mine"] == pytest.approx(hit["_score"], rel=1e-6)
        assert hit["matched_queries"]["coarse_score"] == pytest.approx(hit["_score"] / 3, rel=1e-6)


def test_highlights_are_the_words_of_the_text(node, index, fake):
    fake.plan = planning(vector=EAST)
    found = search(node, index, clause("周杰伦 晴天"), highlight={"fields": {"title": {}, "tags": {}}})
    by_id = {hit["_id"]: hit.get("highlight") for hit in hits(found)}
    assert by_id["v01"] == {
        "title": ["<em>周杰伦</em> <em>晴天</em> 演唱会现场"],
        "tags": ["<em>周杰伦</em>"],
    }
    assert by_id["v13"] is None, "nearness has no words"


def test_the_vector_of_another_encoder_is_no_plan(node, index, fake):
    fake.plan = planning(vector=[1.0] + [0.0] * DIMENSIONS)
    answer = search(node, index, clause("晴天"))
    assert answer.headers["X-Encore-Degraded"] == "bad_plan"
    assert scores(answer) == scores(search(node, index, coarse_query("晴天")))
