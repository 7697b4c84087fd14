"""A search with a clause has one identity, shared with what ranks it; and nobody sees another's plan."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.engine.fake_ranker import unavailable
from tests.engine.fine_rank_songs import ranker
from tests.engine.recall_videos import clause, entity, hits, ids, marks, planning, search, videos
from tests.engine.spellings import point_in_time

AHEAD = -1_000_000_000  # the sample world's clock is behind the wall clock


@pytest.fixture(scope="module")
def index(node):
    with videos(node, "clause-identity", shards=2, clock_offset_ms=AHEAD) as name:
        yield name


@pytest.fixture
def fake(node):
    with ranker(node) as started:
        yield started


def fine(**options):
    return {"window_size": 20, "fine_rank": {"query": "晴天", **options}}


def test_the_time_is_that_of_the_catalogues_clock(node, index, fake):
    before = time.time_ns() // 1_000_000
    answer = search(node, index, clause())
    after = time.time_ns() // 1_000_000
    assert before + AHEAD <= fake.asked[0]["now"] <= after + AHEAD
    assert re.fullmatch(r"[A-Za-z0-9_-]{16,64}", answer.headers["X-Encore-Request-Id"])


def test_each_search_has_its_own_id(node, index, fake):
    answered = {search(node, index, clause()).headers["X-Encore-Request-Id"] for _ in range(20)}
    assert len(answered) == 20
    assert {asked["request_id"] for asked in fake.asked} == answered


def test_plan_and_rank_share_what_is_filled_in(node, index, fake):
    answer = search(node, index, clause(), rescore=fine())
    (asked,) = fake.asked
    metas = [request.meta for request in fake.requests]
    assert len(metas) == 2
    assert {(meta.request_id, meta.now) for meta in metas} == {(asked["request_id"], asked["now"])}
    assert answer.headers.get_list("X-Encore-Request-Id") == [asked["request_id"]]


def test_plan_and_rank_share_what_the_request_brings(node, index, fake):
    search(node, index, clause(), rescore=fine(request_id="my-own.1", now=1_760_000_000_000))
    assert (fake.asked[0]["request_id"], fake.asked[0]["now"]) == ("my-own.1", 1_760_000_000_000)


def test_a_search_without_a_clause_is_left_alone(node, index, fake):
    answer = node.http.post(f"/{index}/_search", json={"query": {"match_all": {}}})
    assert "X-Encore-Request-Id" not in answer.headers
    assert marks(answer) == [None] * 10
    assert not fake.asked


def test_indices_whose_clocks_differ_have_no_one_time(node, index, fake):
    with videos(node, "clause-identity-2", clock_offset_ms=5) as other:
        search(node, f"{index},{other}", clause())
        assert "now" not in fake.asked[0]
        search(node, f"{index},{other}", clause(), rescore=fine(now=17))
        assert fake.asked[1]["now"] == 17


def test_a_point_in_time_has_its_indices_generation(node, index, fake):
    fake.plan = planning(entity("artist", ["田馥甄"]))
    with point_in_time(node, index) as pit:
        answer = node.http.post("/_search", json={"query": clause("hebe"), "pit": {"id": pit}})
        assert answer.status_code == 200, answer.text
        assert set(ids(answer)) == {"v03", "v09", "v10"}
        assert (fake.asked[0]["index"], fake.asked[0]["generation"]) == (index, "videos-g1")


def test_two_users_of_one_text_have_their_own_plans(node, index, fake):
    likes = {"u1": "田馥甄", "u2": "邓紫棋"}
    fake.plan = lambda request: {"entities": [entity("artist", [likes[request["user"]]])]}
    found = {"u1": {"v03", "v10"}, "u2": {"v07"}}

    def ask(number: int) -> None:
        user = f"u{number % 2 + 1}"
        answer = search(node, index, clause("新歌", user=user))
        assert set(ids(answer)) == found[user]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(80)))
    assert len(fake.asked) == 80, "nothing is kept from one search for another"


def test_context_and_user_are_left_out_where_there_is_none(node, index, fake):
    search(node, index, clause())
    assert not {"user", "context"} & set(fake.asked[0])


GLOBAL = "the two engines' global ranks are asked for differently"


def ranked(query, **options):
    return {
        "retriever": {
            "encore": {
                "retriever": {"standard": {"query": query}},
                "query": "晴天",
                "rank_window_size": 20,
                **options,
            }
        }
    }


@pytest.mark.only("elasticsearch", reason=GLOBAL)
def test_a_global_rank_shares_them_too(node, index, fake):
    fake.plan = planning(entity("artist", ["田馥甄"]))
    answer = node.http.post(f"/{index}/_search", json=ranked(clause("hebe")))
    assert answer.status_code == 200, answer.text
    assert set(ids(answer)) == {"v03", "v09", "v10"}
    (asked,) = fake.asked
    (request,) = fake.requests
    assert (request.meta.request_id, request.meta.now) == (asked["request_id"], asked["now"])
    assert answer.headers.get_list("X-Encore-Request-Id") == [asked["request_id"]]
    assert all("plan" not in mark for mark in marks(answer))


@pytest.mark.only("elasticsearch", reason=GLOBAL)
def test_a_global_ranks_hits_tell_of_the_plan(node, index, fake):
    fake.behave_plan = unavailable("overloaded")
    answer = node.http.post(f"/{index}/_search", json=ranked(clause("晴天")))
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Encore-Degraded"] == "overloaded"
    assert len(hits(answer)) > 2
    for mark in marks(answer):
        assert mark["rank"] == "fine"
        assert (mark["plan"], mark["plan_cause"]) == ("text", "overloaded")
