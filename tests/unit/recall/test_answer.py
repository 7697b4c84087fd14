from ranker.recall.answer import read_answer


def hit(**changes):
    return {"_id": "BV1", "_score": 4.25, "_source": {"title": "晴天"}} | changes


def answer(*hits, headers=None):
    return read_answer({"took": 7, "hits": {"total": {"value": 9}, "hits": list(hits)}}, headers or {})


def test_a_fine_hit_carries_both_scores_and_its_tier():
    fine = hit(fields={"encore": [{"rank": "fine"}]}, matched_queries={"coarse_score": 12.5})
    got = answer(fine, headers={"x-encore-request-id": "r1"})
    assert got.as_json() == {
        "request_id": "r1",
        "hits": [
            {
                "id": "BV1",
                "title": "晴天",
                "score": 4.25,
                "coarse_score": 12.5,
                "rank": "fine",
                "tier": "good",
            }
        ],
        "degraded": [],
    }
    assert (got.total, got.took_milliseconds) == (9, 7)


def test_a_degraded_hit_says_why():
    coarse = hit(_score=0.9, fields={"encore": [{"rank": "coarse", "cause": "timeout"}]})
    got = answer(coarse, headers={"x-encore-degraded": "timeout, search_timeout"})
    assert got.degraded == ("timeout", "search_timeout")
    assert got.hits[0].cause == "timeout"
    assert got.hits[0].tier is None


def test_a_plain_search_is_coarse_without_a_cause():
    got = answer(hit(matched_queries={"coarse_score": 3.0, "vector_score": 2.0})).hits[0]
    assert (got.rank, got.cause, got.coarse_score) == ("coarse", None, 5.0)
    assert answer(hit()).hits[0].coarse_score is None


def test_a_hit_tells_the_routes_that_found_it_and_why_there_was_no_plan():
    named = {
        "coarse_score": 9.0,
        "encore.text": 3.0,
        "encore.proximity": 1.0,
        "encore.popularity": 0.5,
        "encore.entity.artist": 8.0,
    }
    found = answer(hit(matched_queries=named)).hits[0]
    assert found.routes == ("entity.artist", "text")
    assert found.as_json()["routes"] == ["entity.artist", "text"]
    assert "plan_cause" not in found.as_json()
    mark = {"rank": "fine", "plan": "text", "plan_cause": "timeout"}
    assert answer(hit(fields={"encore": [mark]})).hits[0].as_json()["plan_cause"] == "timeout"
