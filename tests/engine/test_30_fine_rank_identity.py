"""A search has an identity: an id and a time, set once, the same on every shard, told in the answer."""

import json
import re
import time

import pytest

from tests.engine.fine_rank_songs import FINE, body, hits, ids, marks, ranker, search, songs
from tests.engine.spellings import point_in_time

AHEAD = -1_000_000_000  # the sample world's clock is behind the wall clock


@pytest.fixture(scope="module")
def index(node):
    with songs(node, "identity-1", shards=2, generation="g-7", clock_offset_ms=AHEAD) as name:
        yield name


@pytest.fixture
def fake(node):
    with ranker(node) as started:
        yield started


def test_what_is_missing_is_filled_in_once_for_all_shards(node, index, fake):
    before = time.time_ns() // 1_000_000
    answer = search(node, index)
    after = time.time_ns() // 1_000_000
    first, second = sorted((request.meta for request in fake.requests), key=lambda meta: meta.shard)
    assert (first.shard, second.shard) == (0, 1)
    assert first.request_id == second.request_id == answer.headers["X-Encore-Request-Id"]
    assert re.fullmatch(r"[A-Za-z0-9_-]{16,64}", first.request_id)
    assert first.now == second.now
    assert before + AHEAD <= first.now <= after + AHEAD
    assert (first.index, first.generation, first.query) == (index, "g-7", "song")
    assert (first.user, first.context, first.config) == (None, {}, None)


def test_each_search_has_its_own_id(node, index, fake):
    assert len({search(node, index).headers["X-Encore-Request-Id"] for _ in range(20)}) == 20


def test_what_the_request_brings_is_kept(node, index, fake):
    fine = {
        "user": "u42",
        "context": {"device": "phone", "page": 2, "tags": ["现场", None, 1.5]},
        "config": "calm",
        "request_id": "my-own_id.1~",
        "now": 1_760_000_000_000,
    }
    answer = search(node, index, body(fine=fine))
    assert answer.headers["X-Encore-Request-Id"] == "my-own_id.1~"
    meta = fake.requests[0].meta
    assert {name: getattr(meta, name) for name in fine} == fine


def test_the_ranker_learns_the_time_that_is_left(node, index, fake):
    search(node, index)
    search(node, index, body(timeout="2s"))
    deadlines = [int(headers["X-Encore-Deadline-Ms"]) for headers in fake.headers]
    assert all(4_000 <= value <= 5_000 for value in deadlines[:2]), "the setting, 5 s"
    assert all(1_000 <= value <= 2_000 for value in deadlines[2:]), "the search's own timeout"


def test_the_clusters_default_timeout_counts_too(node, index, fake):
    node.client.configure({"search.default_search_timeout": "3s"})
    try:
        search(node, index)
    finally:
        node.client.configure({"search.default_search_timeout": None})
    search(node, index)
    deadlines = [int(headers["X-Encore-Deadline-Ms"]) for headers in fake.headers]
    assert all(2_000 <= value <= 3_000 for value in deadlines[:2])
    assert all(value > 4_000 for value in deadlines[2:])


def test_candidates_come_with_ids_and_coarse_scores(node, index, fake):
    search(node, index, body(window=40))
    seen = {}
    for request in fake.requests:
        seen |= dict(zip(request.ids, request.coarse.tolist(), strict=True))
    assert seen == {f"v{n:03d}": float(n) for n in range(40)}


def test_each_shard_sends_the_best_of_its_window(node, index, fake):
    search(node, index, body(window=10))
    assert [len(request.ids) for request in fake.requests] == [10, 10]
    numbers = sorted(int(item[1:]) for request in fake.requests for item in request.ids)
    assert numbers[-10:] == list(range(30, 40)), "the ten best of all are among the ten best of their shards"


def test_an_index_without_meta_goes_by_its_name_and_the_wall_clock(node, fake):
    with songs(node, "identity-plain") as plain:
        before = time.time_ns() // 1_000_000
        search(node, plain)
        meta = fake.requests[0].meta
        assert (meta.index, meta.generation) == (plain, plain)
        assert before <= meta.now <= time.time_ns() // 1_000_000


def test_an_alias_is_its_index(node, index, fake):
    node.client.call("PUT", f"/{index}/_alias/identity")
    now = time.time_ns() // 1_000_000
    search(node, "identity")
    meta = fake.requests[0].meta
    assert (meta.index, meta.generation) == (index, "g-7")
    assert abs(meta.now - (now + AHEAD)) < 60_000


def test_a_point_in_time_has_its_indices_clock(node, index, fake):
    with point_in_time(node, index) as pit:
        now = time.time_ns() // 1_000_000
        answer = node.http.post("/_search", json=body(pit={"id": pit}))
        assert answer.status_code == 200, answer.text
        assert abs(fake.requests[0].meta.now - (now + AHEAD)) < 60_000
        assert {mark["rank"] for mark in marks(answer)} == {"fine"}


def test_indices_whose_clocks_differ_need_a_time(node, index, fake):
    with songs(node, "identity-2", clock_offset_ms=5) as other:
        answer = node.http.post(f"/{index},{other}/_search", json=body())
        assert answer.status_code == 400
        assert answer.json()["error"]["reason"] == (
            "[fine_rank] needs [now]: the clocks of indices [identity-1] and [identity-2] differ, "
            f"[{AHEAD}] and [5] ms ahead"
        )
        assert not fake.requests
        search(node, f"{index},{other}", body(fine={"now": 17}))
        assert {request.meta.now for request in fake.requests} == {17}
        assert {request.meta.generation for request in fake.requests} == {"g-7", other}


def test_later_pages_keep_the_order_of_their_id(node, index, fake):
    pages = [
        search(node, index, body(fine={"request_id": "pages", "now": 1}, **{"from": start}))
        for start in (0, 10)
    ]
    whole = search(node, index, body(size=20, fine={"request_id": "pages", "now": 1}))
    assert ids(pages[0]) + ids(pages[1]) == ids(whole)
    assert {request.meta.request_id for request in fake.requests} == {"pages"}


def test_the_searches_of_an_msearch_have_ids_of_their_own_and_only_hits_tell(node, index, fake):
    lines = [
        {},
        body(size=3),
        {},
        body(size=3, fine={"request_id": "second"}),
        {},
        {"query": {"match_all": {}}},
    ]
    answer = node.http.post(
        f"/{index}/_msearch",
        content="".join(json.dumps(line) + "\n" for line in lines),
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert answer.status_code == 200
    assert "X-Encore-Request-Id" not in answer.headers
    assert "X-Encore-Degraded" not in answer.headers
    first, second, plain = answer.json()["responses"]
    assert [hit["fields"]["encore"] for hit in first["hits"]["hits"]] == [[FINE]] * 3
    assert [hit["fields"]["encore"] for hit in second["hits"]["hits"]] == [[FINE]] * 3
    assert all("fields" not in hit for hit in plain["hits"]["hits"])
    assert len({request.meta.request_id for request in fake.requests}) == 2
    assert "second" in {request.meta.request_id for request in fake.requests}


def test_a_search_without_fine_rank_is_left_alone(node, index, fake):
    answer = node.http.post(f"/{index}/_search", json={"query": {"match_all": {}}})
    assert "X-Encore-Request-Id" not in answer.headers
    assert all("fields" not in hit for hit in hits(answer))
    assert not fake.requests


def test_answers_are_not_cached(node, fake):
    with songs(node, "identity-cached") as name:
        fine = {"request_id": "same", "now": 1}
        for _ in range(3):
            search(node, name, body(fine=fine), request_cache="true")
        assert len(fake.requests) == 3
