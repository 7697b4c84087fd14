"""Where peers fail: rescored hits mix with others (Elasticsearch 75363, PR 104318, 109071)."""

import numpy as np
import pytest

from tests.engine.fake_ranker import number, only_shard, unavailable
from tests.engine.fine_rank_songs import (
    COARSE_ORDER,
    FINE,
    body,
    coarse_score,
    hits,
    ids,
    marks,
    ranker,
    search,
    songs,
)


@pytest.fixture(scope="module", params=[1, 3], ids=["one shard", "three shards"])
def index(node, request):
    with songs(node, f"windows-{request.param}", shards=request.param) as name:
        yield name


@pytest.fixture
def fake(node):
    with ranker(node, breaker__failures=1000) as started:
        started.score = lambda request: ([0] * len(request.ids), [0.0] * len(request.ids))  # all bad
        yield started


@pytest.mark.parametrize(("start", "size"), [(0, 11), (10, 1), (5, 6)])
def test_a_page_beyond_the_window_is_refused(node, index, fake, start, size):
    answer = node.http.post(f"/{index}/_search", json=body(window=10, size=size, **{"from": start}))
    assert answer.status_code == 400
    assert answer.json()["error"]["reason"] == (
        "[window_size] [10] of [fine_rank] is below [from + size] [11]: "
        "hits beyond the window would not be finely ranked"
    )
    assert not fake.requests


def test_what_was_ranked_stands_before_what_was_not_however_bad(node, index, fake):
    """The engine hands a shard's hits over beyond the window too; scores there may be far above 1."""
    found = hits(search(node, index, body(window=10, size=10)))
    assert all(hit["_score"] == 1 for hit in found), "1 + bad 0 + u 0"
    assert all(hit["fields"]["encore"] == [FINE] for hit in found)


def test_pages_of_one_request_neither_overlap_nor_leave_out(node, index, fake):
    fine = {"request_id": "pages", "now": 1}
    pages = [
        ids(search(node, index, body(window=40, size=10, fine=fine, **{"from": at})))
        for at in (0, 10, 20, 30)
    ]
    assert sorted(item for page in pages for item in page) == sorted(COARSE_ORDER)


def test_a_shard_that_failed_comes_last_whatever_its_coarse_scores(node, fake):
    with songs(node, "windows-failed", shards=3) as name:
        for shard in range(3):
            fake.behave = only_shard(shard, unavailable("deadline"))
            answer = search(node, name, body(size=40))
            causes = [mark.get("cause") for mark in marks(answer)]
            count = causes.count("deadline")
            assert 0 < count < 40
            assert causes == [None] * (40 - count) + ["deadline"] * count, "last, and marked"
            assert answer.headers["X-Encore-Degraded"] == "deadline"
            last = hits(answer)[-count:]
            assert [np.float32(hit["_score"]) for hit in last] == [
                coarse_score(number(hit["_id"])) for hit in last
            ]
