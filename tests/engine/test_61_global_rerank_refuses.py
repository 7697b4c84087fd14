"""What a global rank cannot mean is refused with 400, before the ranker is asked."""

import pytest

from tests.engine.fine_rank_songs import BY_HEAT, ranker, songs
from tests.engine.fine_rank_songs import body as fine_body
from tests.engine.global_rerank import PIPELINE, body, over, owner, pipeline


@pytest.fixture(scope="module")
def index(node):
    with songs(node, "global-refuses", shards=2, generation="g-1") as name:
        yield name


@pytest.fixture
def fake(node):
    with ranker(node) as started:
        yield started
        assert not started.requests, "nobody is asked"


def refused(node, index: str, request: dict, **parameters: str) -> list[str]:
    """The reasons of the 400, from the outermost to the cause."""
    answer = node.http.post(f"/{index}/_search", json=request, params=parameters)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    reasons = [error["reason"]]
    while "caused_by" in error:
        error = error["caused_by"]
        reasons.append(error["reason"])
    return reasons


FIELDS = {
    "no query": ({"query": None}, "[query] must be a string, got [null]"),
    "a blank query": ({"query": " "}, "[query] [ ] is blank: say what is searched for"),
    "a query that is a number": ({"query": 7}, "[query] must be a string, got [7]"),
    "no user": ({"user": ""}, "[user] [] is empty: leave it out"),
    "an id that no header carries": (
        {"request_id": "a b"},
        "[request_id] [a b] must be letters a-z A-Z, digits and any of [-_.~], "
        "as it travels in headers and URLs",
    ),
    "a time before time": ({"now": -1}, "[now] [-1] is no time in UTC milliseconds"),
    "a context that is text": ({"context": "phone"}, "[context] must be an object, got [phone]"),
    "no window": ({"rank_window_size": 0}, "[rank_window_size] [0] must be between [1] and [1000]"),
    "too large a window": (
        {"rank_window_size": 1001},
        "[rank_window_size] [1001] must be between [1] and [1000]",
    ),
    "far too large a window": (
        {"rank_window_size": 1 << 40},
        "[rank_window_size] [1099511627776] must be between [1] and [1000]",
    ),
    "half a window": ({"rank_window_size": 1.5}, "[rank_window_size] must be an integer, got [1.5]"),
    "a least score that is text": ({"min_score": "x"}, "[min_score] must be a number, got [x]"),
    "a window below the page": (
        {"rank_window_size": 9},
        "[rank_window_size] [9] is below [from + size] [10]: hits beyond the window would not be ranked",
    ),
}


@pytest.mark.parametrize("wrong", FIELDS)
def test_a_wrong_value_is_named(node, index, fake, wrong):
    ask, reason = FIELDS[wrong]
    assert f"[{owner(node)}] {reason}" in refused(node, index, body(node, ask=ask))


def test_an_unknown_field_is_named_beside_those_that_are_known(node, index, fake):
    more = "retriever, filter, _name, " if node.product == "elasticsearch" else ""
    assert (
        f"[{owner(node)}] does not know [usr]: it takes [{more}query, user, context, config, "
        "request_id, now, rank_window_size, min_score]"
    ) in refused(node, index, body(node, ask={"usr": "u1"}))


def test_a_later_page_must_lie_in_the_window_too(node, index, fake):
    assert (
        f"[{owner(node)}] [rank_window_size] [40] is below [from + size] [41]: "
        "hits beyond the window would not be ranked"
    ) in refused(node, index, body(node, size=10, **{"from": 31}))


def test_an_index_without_video_ids(node, fake):
    node.client.create("global-nothing", {"properties": {"title": {"type": "text"}}})
    try:
        assert (
            f"[{owner(node)}] needs the keyword field [video_id] with doc values, "
            "which index [global-nothing] lacks"
        ) in refused(node, "global-nothing", body(node))
    finally:
        node.client.drop("global-nothing")


def test_two_generations(node, index, fake):
    with songs(node, "global-refuses-too", generation="g-2") as other:
        assert (
            f"[{owner(node)}] ranks videos of one generation: "
            "indices [global-refuses] and [global-refuses-too] "
            "have [g-1] and [g-2]; search one of them"
        ) in refused(node, f"{index},{other}", body(node))


def test_two_clocks(node, index, fake):
    with songs(node, "global-refuses-time", generation="g-1", clock_offset_ms=5) as other:
        assert (
            f"[{owner(node)}] needs [now]: the clocks of indices [global-refuses] and [global-refuses-time] "
            "differ, [0] and [5] ms ahead"
        ) in refused(node, f"{index},{other}", body(node))


OTHERWISE = {
    "sort": {"sort": [{"heat": "desc"}]},
    "search_after": {"search_after": [3, "x"], "sort": ["_score", {"group": "asc"}]},
    "collapse": {"collapse": {"field": "group"}},
}


@pytest.mark.parametrize("asked", OTHERWISE)
def test_another_order_than_by_score(node, index, fake, asked):
    if node.product == "elasticsearch":
        request = over({"standard": {"query": BY_HEAT, **OTHERWISE[asked]}})
    else:
        request = body(node, **OTHERWISE[asked])
    named = "sort" if "sort" in OTHERWISE[asked] else asked
    assert (f"[{owner(node)}] orders the whole search by score: leave [{named}] out") in refused(
        node, index, request
    )


def test_a_scroll(node, index, fake):
    reasons = refused(node, index, body(node), scroll="1m")
    assert f"[{owner(node)}] orders the whole search by score: leave [scroll] out" in reasons


@pytest.mark.only("elasticsearch", reason="OpenSearch has no retrievers")
def test_a_retriever_without_an_inner_one(node, index, fake):
    assert ("[encore] needs [retriever]: the retriever whose hits are ranked") in refused(
        node, index, {"retriever": {"encore": {"query": "song"}}}
    )
    assert ("[encore] [retriever] must be an object, got [7]") in refused(
        node, index, {"retriever": {"encore": {"query": "song", "retriever": 7}}}
    )


@pytest.mark.only("elasticsearch", reason="OpenSearch has no retrievers")
def test_a_retriever_within_another(node, index, fake):
    reason = (
        "[encore] must be the outermost retriever of a search, whose hits tell how they were ranked: "
        "put the others inside it"
    )
    inner = over({"standard": {"query": BY_HEAT}})["retriever"]
    assert reason in refused(node, index, over(inner))
    rescorer = {"retriever": inner, "rescore": {"window_size": 10, "query": {"rescore_query": BY_HEAT}}}
    assert reason in refused(node, index, {"retriever": {"rescorer": rescorer}})
    assert reason in refused(node, index, over({"rescorer": rescorer}))


def test_beside_fine_rank(node, index, fake):
    fine = fine_body()["rescore"]
    if node.product == "elasticsearch":
        request = over({"rescorer": {"retriever": {"standard": {"query": BY_HEAT}}, "rescore": fine}})
        assert refused(node, index, request)[0].startswith(
            "[fine_rank] cannot stand in a [rescorer] retriever"
        )
    else:
        assert ("[encore_rerank] and [fine_rank] rank the same search: use one of them") in refused(
            node, index, body(node, rescore=fine)
        )


@pytest.mark.only("opensearch", reason="Elasticsearch has no search pipelines")
@pytest.mark.parametrize(("only", "lacks"), [("request", "response"), ("response", "request")])
def test_one_processor_of_the_two(node, index, fake, only, lacks):
    half = {f"{only}_processors": PIPELINE[f"{only}_processors"]}
    assert (
        "[encore_rerank] must stand among a pipeline's request_processors and its response_processors: "
        f"it lacks the [{lacks}] one"
    ) in refused(node, index, body(node, search_pipeline=half))


@pytest.mark.only("opensearch", reason="Elasticsearch has no search pipelines")
def test_a_pipeline_is_checked_when_it_is_made(node, fake):
    wrong = pipeline(rank_window_size=2000)
    answer = node.http.put("/_search/pipeline/wrong", json=wrong)
    assert answer.status_code == 400
    assert "[encore_rerank] [rank_window_size] [2000] must be between [1] and [1000]" in answer.text
    answer = node.http.put("/_search/pipeline/wrong", json=pipeline(usr="u1"))
    assert answer.status_code == 400
    assert "[encore_rerank] does not know [usr]" in answer.text
    answer = node.http.put(
        "/_search/pipeline/wrong",
        json=PIPELINE | {"response_processors": [{"encore_rerank": {"user": "u1"}}]},
    )
    assert answer.status_code == 400
    assert "[user]" in answer.text
