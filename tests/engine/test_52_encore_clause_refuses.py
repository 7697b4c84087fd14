"""What the encore clause refuses: status 400, one sentence, the offending value in [brackets]."""

import json
import random

import pytest

from tests.engine.fake_ranker import FakeRanker
from tests.engine.fine_rank_songs import ranker
from tests.engine.recall_videos import clause, search, videos

FIELDS = "it takes [text, user, context, routes, filter, boost, _name]"
ROUTES = "it takes [text, entity, vector]"


@pytest.fixture(scope="module")
def index(node):
    with videos(node, "clause-refuses") as name:
        yield name


@pytest.fixture(scope="module")
def fake(node):
    with ranker(node) as started:
        yield started


def reasons(answer) -> list[str]:
    """What a refusal and its causes say."""
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    found = [error["reason"]]
    while "caused_by" in error:
        error = error["caused_by"]
        found.append(error["reason"])
    return found


def refused(node, index, options) -> list[str]:
    return reasons(node.http.post(f"/{index}/_search", json={"query": {"encore": options}}))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "[encore] needs [text]: the words that are searched for"),
        ({"text": None}, "[encore] [text] must be a string, got [null]"),
        ({"text": 5}, "[encore] [text] must be a string, got [5]"),
        ({"text": ["a"]}, "[encore] [text] must be a string, got [an array]"),
        ({"text": {"query": "a"}}, "[encore] [text] must be a string, got [an object]"),
        ({"text": ""}, "[encore] [text] [] is blank: say what is searched for"),
        ({"text": " \t "}, "[encore] [text] [ \t ] is blank: say what is searched for"),
        ({"text": "歌" * 513}, "[encore] [text] of [513] characters exceeds the limit of [512]"),
        ({"user": 42}, "[encore] [user] must be a string, got [42]"),
        ({"user": True}, "[encore] [user] must be a string, got [true]"),
        ({"user": ""}, "[encore] [user] [] is empty: leave it out"),
        ({"user": "u" * 257}, "[encore] [user] of [257] characters exceeds the limit of [256]"),
        ({"context": "phone"}, "[encore] [context] must be an object, got [phone]"),
        (
            {"context": {"a": "x" * 5000}},
            "[encore] [context] of [5008] characters exceeds the limit of [4096]",
        ),
        ({"routes": "text"}, "[encore] [routes] must be an array of names, got [text]"),
        ({"routes": {}}, "[encore] [routes] must be an array of names, got [an object]"),
        ({"routes": []}, f"[encore] [routes] [] names no route: {ROUTES}"),
        ({"routes": ["text", "x"]}, f"[encore] [routes] does not know [x]: {ROUTES}"),
        ({"routes": ["Text"]}, f"[encore] [routes] does not know [Text]: {ROUTES}"),
        ({"routes": ["text", "entity", "text"]}, "[encore] [routes] names [text] twice"),
        ({"routes": [1]}, "[encore] [routes] must be an array of names, got [1] in it"),
        ({"routes": [None]}, "[encore] [routes] must be an array of names, got [null] in it"),
        ({"filter": "live"}, "[encore] [filter] must be a query or an array of queries, got [live]"),
        ({"filter": None}, "[encore] [filter] must be a query or an array of queries, got [null]"),
        ({"filter": ["live"]}, "[encore] [filter] must be an array of queries, got [live] in it"),
        ({"filter": [[]]}, "[encore] [filter] must be an array of queries, got [an array] in it"),
        ({"filter": [{"no_such": {}}]}, "unknown query [no_such]"),
        (
            {"filter": [{"match_all": {}}] * 65},
            "[encore] [filter] has more than [64] queries: put them into one [bool]",
        ),
        ({"boost": -1}, "[encore] [boost] must be at least 0, got [-1]"),
        ({"boost": "2"}, "[encore] [boost] must be a number, got [2]"),
        ({"boost": 1e300}, "[encore] [boost] must be a finite number, got [1"),
        ({"_name": 7}, "[encore] [_name] must be a string, got [7]"),
        ({"minimum_should_match": 1}, f"[encore] does not know [minimum_should_match]: {FIELDS}"),
        ({"query": "a"}, f"[encore] does not know [query]: {FIELDS}"),
        ({"request_id": "r1"}, f"[encore] does not know [request_id]: {FIELDS}"),
        ({"x" * 500: 1}, f"[encore] does not know [{'x' * 64}…]: {FIELDS}"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_wrong_field(node, index, fake, options, expected):
    sent = options if "text" in options or not options else {"text": "晴天", **options}
    assert any(expected in reason for reason in refused(node, index, sent)), expected
    assert not fake.asked


@pytest.mark.parametrize("value", ["晴天", 5, None, []], ids=str)
def test_a_clause_that_is_no_object(node, index, fake, value):
    assert any("[encore]" in reason for reason in refused(node, index, value))


def test_a_context_that_is_too_deep(node, index, fake):
    context: dict = {}
    for _ in range(40):
        context = {"a": context}
    found = refused(node, index, {"text": "晴天", "context": context})
    assert any("[encore] [context]: nested deeper than [32]" in reason for reason in found)


@pytest.mark.parametrize(
    "within",
    [clause(), {"bool": {"must_not": [{"bool": {"should": [clause()]}}]}}],
    ids=["alone", "deeper"],
)
def test_a_clause_within_its_own_filter(node, index, fake, within):
    for filters in (within, [{"match_all": {}}, within]):
        found = refused(node, index, {"text": "晴天", "filter": filters})
        assert any(
            "[encore] cannot stand within the [filter] of another [encore]: put both into one [bool]"
            in reason
            for reason in found
        )
    search(node, index, clause(filter=[{"match_all": {}}]))
    fake.forget()


def test_indices_of_several_generations(node, index, fake):
    with videos(node, "clause-refuses-2", generation="videos-g2") as other:
        answer = node.http.post(f"/{index},{other}/_search", json={"query": clause()})
        assert reasons(answer)[0] == (
            f"[encore] searches one generation, and indices [{index}] and [{other}] "
            "are of [videos-g1] and [videos-g2]: search them apart"
        )
    assert not fake.asked


def test_the_longest_text_is_taken(node, index, fake):
    words = "".join(chr(0x4E00 + n) for n in range(512))
    search(node, index, clause(words))
    search(node, index, clause(" ".join("ab" for _ in range(170))))
    fake.forget()


def test_one_wrong_search_of_an_msearch_leaves_the_others(node, index, fake):
    with videos(node, "clause-refuses-3", generation="videos-g3") as other:
        bodies = [{"index": [index, other]}, {"query": clause()}, {"index": index}, {"query": clause()}]
        lines = "".join(json.dumps(body) + "\n" for body in bodies)
        answer = node.http.post("/_msearch", content=lines, headers={"Content-Type": "application/x-ndjson"})
        wrong, right = answer.json()["responses"]
        assert wrong["status"] == 400
        assert "[videos-g3]" in wrong["error"]["reason"]
        assert right["status"] == 200
    fake.forget()


ODD = (None, True, -1, 1.5, 1 << 70, "", " ", "晴天", "\u0000", [], {}, [None], [[]], {"a": None}, [{}])
NAMES = ("text", "user", "context", "routes", "filter", "boost", "_name", "", "TEXT", "query", "text ", "文")


def malformed(dice: random.Random) -> dict:
    """A clause with a fault: it lacks its text, or has a wrong value, or a field that isn't one."""
    options: dict = {"text": "晴天"}
    for _ in range(dice.randint(1, 4)):
        options[dice.choice(NAMES)] = dice.choice(ODD)
    if well_formed(options):
        del options["text"]
    return options


def well_formed(options: dict) -> bool:
    """Whether a clause of these odd values happens to be right."""
    right = {
        "text": lambda value: isinstance(value, str) and bool(value.strip()),
        "user": lambda value: isinstance(value, str) and bool(value),
        "context": lambda value: isinstance(value, dict),
        "routes": lambda value: False,
        "filter": lambda value: value == [],
        "boost": lambda value: isinstance(value, float),
        "_name": lambda value: isinstance(value, str),
    }
    return all(name in right and right[name](value) for name, value in options.items())


def test_five_hundred_malformed_clauses(node, index, fake: FakeRanker):
    dice = random.Random(5)
    for _ in range(500):
        options = malformed(dice)
        answer = node.http.post(f"/{index}/_search", json={"query": {"encore": options}})
        assert answer.status_code == 400, (options, answer.text)
        assert "[" in answer.json()["error"]["reason"], (options, answer.text)
    assert not fake.asked
    search(node, index, clause())
