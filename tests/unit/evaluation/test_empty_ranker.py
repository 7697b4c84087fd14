import httpx
import pytest

from ranker.evaluation.empty_ranker import empty_ranker
from ranker.serving import wire


def test_it_keeps_the_engines_order_and_ends_with_its_bench():
    asked = {
        "request_id": "r1",
        "query": "晴天",
        "now": 1,
        "candidates": [{"id": "a", "coarse_score": 1.0}, {"id": "b", "coarse_score": 3.0}],
    }
    with empty_ranker() as address:
        answer = httpx.post(f"{address}/v1/score", json=asked, headers={"accept": wire.JSON})
        assert answer.status_code == 200
        scores = [(candidate["tier"], candidate["u"]) for candidate in answer.json()["candidates"]]
        assert scores == [(3, 0.5), (3, 0.75)]  # 1 / (1 + 1) and 3 / (1 + 3)
        assert answer.headers["content-type"] == wire.JSON
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)
