"""What fine_rank refuses: status 400, the reason in one sentence, the offending value in [brackets]."""

import json

import pytest

from tests.engine.fine_rank_songs import BY_HEAT, FINE, body, hits, ranker, search, songs

FIELDS = "it takes [query, user, context, config, request_id, now]"


@pytest.fixture(scope="module")
def index(node):
    with songs(node, "refuses") as name:
        yield name


@pytest.fixture(scope="module")
def fake(node):
    with ranker(node) as started:
        yield started


def reason(node, index, request, **parameters):
    answer = node.http.post(f"/{index}/_search", json=request, params=parameters)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    causes = [error["reason"]]
    while "caused_by" in error:
        error = error["caused_by"]
        causes.append(error["reason"])
    return causes


@pytest.mark.parametrize(
    ("fine", "expected"),
    [
        ({"query": None}, "[fine_rank] [query] must be a string, got [null]"),
        ({"query": 5}, "[fine_rank] [query] must be a string, got [5]"),
        ({"query": ["a"]}, "[fine_rank] [query] must be a string, got [an array]"),
        ({"query": ""}, "[fine_rank] [query] [] is blank: say what is searched for"),
        ({"query": "  "}, "[fine_rank] [query] [  ] is blank: say what is searched for"),
        ({"query": "歌" * 1001}, "[fine_rank] [query] of [1001] characters exceeds the limit of [1000]"),
        ({"user": 42}, "[fine_rank] [user] must be a string, got [42]"),
        ({"user": ""}, "[fine_rank] [user] [] is empty: leave it out"),
        ({"user": "u" * 257}, "[fine_rank] [user] of [257] characters exceeds the limit of [256]"),
        ({"config": True}, "[fine_rank] [config] must be a string, got [true]"),
        ({"config": "c" * 257}, "[fine_rank] [config] of [257] characters exceeds the limit of [256]"),
        ({"context": "phone"}, "[fine_rank] [context] must be an object, got [phone]"),
        (
            {"context": {"a": "x" * 5000}},
            "[fine_rank] [context] of [5008] characters exceeds the limit of [4096]",
        ),
        ({"now": "today"}, "[fine_rank] [now] must be an integer, got [today]"),
        ({"now": 1.5}, "[fine_rank] [now] must be an integer, got [1.5]"),
        ({"now": -1}, "[fine_rank] [now] [-1] is no time in UTC milliseconds"),
        ({"now": 1 << 53}, f"[fine_rank] [now] [{1 << 53}] is no time in UTC milliseconds"),
        ({"now": 1 << 70}, f"[fine_rank] [now] must be an integer, got [{1 << 70}]"),
        (
            {"request_id": "a b"},
            "[fine_rank] [request_id] [a b] must be letters a-z A-Z, digits and any of [-_.~], "
            "as it travels in headers and URLs",
        ),
        (
            {"request_id": "x" * 129},
            "[fine_rank] [request_id] of [129] characters exceeds the limit of [128]",
        ),
        ({"boost": 2}, f"[fine_rank] does not know [boost]: {FIELDS}"),
        ({"context": {"a": 1}, "users": "u1"}, f"[fine_rank] does not know [users]: {FIELDS}"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_wrong_field(node, index, fake, fine, expected):
    assert expected in reason(node, index, body(fine=fine))
    assert not fake.requests


def test_an_id_cannot_smuggle_a_header(node, index, fake):
    causes = reason(node, index, body(fine={"request_id": "a\r\nX-Evil: 1"}))
    assert any("[request_id]" in cause for cause in causes)


def test_a_missing_query(node, index, fake):
    request = body()
    request["rescore"]["fine_rank"] = {"user": "u1"}
    assert "[fine_rank] needs [query]: the words that are searched for" in reason(node, index, request)


def test_a_context_that_is_too_deep(node, index, fake):
    context: dict = {}
    for _ in range(40):
        context = {"a": context}
    assert any(
        "nested deeper than [32]" in cause for cause in reason(node, index, body(fine={"context": context}))
    )


@pytest.mark.parametrize(
    ("window", "start", "size", "total"),
    [(9, 0, 10, 10), (10, 1, 10, 11), (10, None, 11, 11), (5, None, None, 10), (40, 31, 10, 41)],
)
def test_a_window_below_the_page(node, index, fake, window, start, size, total):
    request = body(window=window, size=size, **{"from": start})
    request = {key: value for key, value in request.items() if value is not None}
    assert reason(node, index, request)[0] == (
        f"[window_size] [{window}] of [fine_rank] is below [from + size] [{total}]: "
        "hits beyond the window would not be finely ranked"
    )


def test_a_window_at_the_page_is_taken(node, index, fake):
    search(node, index, body(window=10, size=7, **{"from": 3}))


def test_a_missing_window_counts_as_ten(node, index, fake):
    request = body(size=11)
    del request["rescore"]["window_size"]
    assert "[window_size] [10] of [fine_rank] is below [from + size] [11]" in reason(node, index, request)[0]


@pytest.mark.parametrize("window", [0, -5, 1001, 100_000])
def test_a_window_out_of_bounds(node, index, fake, window):
    assert reason(node, index, body(window=window, size=0))[0] == (
        f"[window_size] [{window}] of [fine_rank] must be between [1] and [1000]"
    )


def test_the_largest_window_is_taken(node, index, fake):
    assert len(hits(search(node, index, body(window=1000, size=40)))) == 40


@pytest.mark.parametrize("first", [True, False])
def test_another_rescorer_beside_it(node, index, fake, first):
    request = body()
    other = {"window_size": 10, "query": {"rescore_query": {"match_all": {}}}}
    request["rescore"] = [request["rescore"], other] if first else [other, request["rescore"]]
    assert reason(node, index, request)[0] == (
        "[fine_rank] must be the only rescorer of a search, not one of [2]: "
        "its scores have a scale of their own"
    )


def test_it_twice(node, index, fake):
    request = body()
    request["rescore"] = [request["rescore"], request["rescore"]]
    assert "[fine_rank] must be the only rescorer" in reason(node, index, request)[0]


@pytest.mark.parametrize(
    "sort",
    [["heat"], [{"_score": "asc"}], ["_doc"], ["_score", "heat"], [{"heat": "desc"}, "_score"]],
    ids=str,
)
def test_another_order(node, index, fake, sort):
    assert reason(node, index, body(sort=sort))[0] == (
        "[fine_rank] orders by score: leave [sort] out or sort by [_score] first"
    )


def test_going_on_after_a_score(node, index, fake):
    assert reason(node, index, body(sort=["_score"], search_after=[3.5]))[0] == (
        "[fine_rank] cannot go on after a score: page with [from] and the request's [request_id] "
        "instead of [search_after]"
    )


def test_a_scroll(node, index, fake):
    causes = reason(node, index, body(), scroll="1m")
    assert any("using [rescore] is not allowed in a scroll context" in cause for cause in causes)


NO_RETRIEVERS = "OpenSearch has no retrievers"
IN_A_RETRIEVER = (
    "[fine_rank] cannot stand in a [rescorer] retriever, whose hits could not tell how they were ranked: "
    "use [query], and [knn] where wanted, with [fine_rank] in the search's own [rescore]"
)
STANDARD = {"standard": {"query": BY_HEAT}}


def rescored(*rescorers):
    """A rescorer retriever over the coarse query."""
    rescore = rescorers[0] if len(rescorers) == 1 else list(rescorers)
    return {"rescorer": {"retriever": STANDARD, "rescore": rescore}}


OTHER = {"window_size": 40, "query": {"rescore_query": {"match": {"title": "fine_rank"}}}}


@pytest.mark.only("elasticsearch", reason=NO_RETRIEVERS)
@pytest.mark.parametrize(
    "retriever",
    [
        rescored(body()["rescore"]),
        rescored(OTHER, body()["rescore"]),
        {"rescorer": {"retriever": rescored(body()["rescore"]), "rescore": OTHER}},
    ],
    ids=["alone", "beside another", "deeper"],
)
def test_inside_a_rescorer_retriever(node, index, fake, retriever):
    fake.forget()
    assert reason(node, index, {"retriever": retriever})[0] == IN_A_RETRIEVER
    assert not fake.requests


@pytest.mark.only("elasticsearch", reason=NO_RETRIEVERS)
def test_other_rescorer_retrievers_are_left_alone(node, index, fake):
    found = hits(search(node, index, {"retriever": rescored(OTHER), "size": 5}))
    assert len(found) == 5
    assert all("fields" not in hit for hit in found)


@pytest.mark.only("elasticsearch", reason=NO_RETRIEVERS)
def test_a_rescorer_retriever_in_an_msearch_leaves_the_others(node, index, fake):
    lines = [{}, {"retriever": rescored(body()["rescore"])}, {}, body(size=1)]
    answer = node.http.post(
        f"/{index}/_msearch",
        content="".join(json.dumps(line) + "\n" for line in lines),
        headers={"Content-Type": "application/x-ndjson"},
    )
    wrong, right = answer.json()["responses"]
    assert (wrong["status"], wrong["error"]["reason"]) == (400, IN_A_RETRIEVER)
    assert right["hits"]["hits"][0]["fields"]["encore"] == [FINE]


def test_an_index_without_video_ids(node, fake):
    properties = {"title": {"type": "text"}, "heat": {"type": "float"}}
    node.client.create("refuses-nameless", {"properties": properties})
    try:
        node.client.write("refuses-nameless", "1", {"title": "song", "heat": 1}, refresh=True)
        assert (
            "[fine_rank] needs the keyword field [video_id] with doc values, "
            "which index [refuses-nameless] lacks" in reason(node, "refuses-nameless", body())
        )
    finally:
        node.client.drop("refuses-nameless")


def test_an_index_whose_clock_is_no_number(node, fake):
    with songs(node, "refuses-clock", clock_offset_ms="tomorrow") as name:
        assert reason(node, name, body())[0] == (
            "[_meta.clock_offset_ms] [tomorrow] of index [refuses-clock] is no integer"
        )


def test_one_wrong_search_of_an_msearch_leaves_the_others(node, index, fake):
    lines = [{}, body(window=1), {}, body(size=1)]
    answer = node.http.post(
        f"/{index}/_msearch",
        content="".join(json.dumps(line) + "\n" for line in lines),
        headers={"Content-Type": "application/x-ndjson"},
    )
    wrong, right = answer.json()["responses"]
    assert wrong["status"] == 400
    assert "[window_size] [1] of [fine_rank]" in wrong["error"]["reason"]
    assert right["hits"]["hits"][0]["fields"]["encore"] == [FINE]


def test_a_missing_index_is_the_searches_own_error(node, fake):
    answer = node.http.post("/no-such-index/_search", json=body())
    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "index_not_found_exception"
    assert "X-Encore-Request-Id" in answer.headers


def test_the_coarse_query_alone_still_works(node, index, fake):
    assert len(hits(search(node, index, {"query": BY_HEAT, "size": 5}))) == 5
