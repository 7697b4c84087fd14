"""Hundreds of malformed proximity bodies: each is refused with what was wrong, none breaks the node."""

import json
import random

import pytest

from tests.engine.proximity_titles import near, scores, titles

JSON = {"Content-Type": "application/json"}
GOOD = {
    "query": "周杰伦 晴天",
    "window_weight": 0.5,
    "order_weight": 0.5,
    "half_gap": 4,
    "boost": 2,
    "_name": "n",
}
STRINGS = ("query", "analyzer", "_name")
SHARES = ("window_weight", "order_weight")
NUMBERS = (*SHARES, "half_gap", "boost")
NOT_STRINGS = (None, True, False, 0, -1, 1.5, 1e300, [], ["x"], [[]], {}, {"query": "x"}, {"x": []})
NOT_NUMBERS = (None, True, False, "", "x", "1", "NaN", "Infinity", "🎵", [], [1], {}, {"a": 1})
NOT_SHARES = (-1, -0.0001, 1.0001, 2, 10**9, 1e30)
TOO_LARGE = (1e39, -1e39, 1e300, 10**60)
ODD_NAMES = (
    "Query",
    "QUERY",
    "query ",
    "slop",
    "fields",
    "operator",
    "_NAME",
    "boost2",
    "晴天",
    "a.b",
    "\u0000",
    "🎵" * 9,
)


@pytest.fixture(scope="module")
def index(node):
    with titles(node) as name:
        yield name


def bad_bodies(count: int):
    """Bodies of which each breaks one rule, with the name of what is wrong."""
    dice = random.Random(20_261)

    def options(**changes):
        kept = {key: value for key, value in GOOD.items() if key == "query" or dice.random() < 0.5}
        mixed = list((kept | changes).items())
        dice.shuffle(mixed)
        return dict(mixed)

    makers = (
        lambda: {"title": options(**{dice.choice(STRINGS): dice.choice(NOT_STRINGS)})},
        lambda: {"title": options(**{dice.choice(NUMBERS): dice.choice(NOT_NUMBERS)})},
        lambda: {"title": options(**{dice.choice(SHARES): dice.choice(NOT_SHARES)})},
        lambda: {"title": options(**{dice.choice(NUMBERS): dice.choice(TOO_LARGE)})},
        lambda: {"title": options(half_gap=dice.choice([0, -0.0, -1, -1e-9, 1e-60]))},
        lambda: {"title": options(boost=dice.choice([-1e-9, -1, -100]))},
        lambda: {"title": options(**{dice.choice(ODD_NAMES): dice.choice(NOT_STRINGS)})},
        lambda: {"title": dice.choice([value for value in NOT_STRINGS if value != {"query": "x"}])},
        lambda: {"title": {key: value for key, value in options().items() if key != "query"}},
        lambda: {"title": options(), dice.choice(["tags", "title2", ""]): options()},
        lambda: {"": options()},
        lambda: {},
        lambda: {dice.choice(["title.raw", "title.bare", "plays"]): options()},
        lambda: {
            "title": options(query=" ".join(f"w{dice.random()}" for _ in range(dice.randint(257, 3000))))
        },
        lambda: {"title": options(analyzer=dice.choice(["", "no_such", "../x", "晴天", "a" * 5000]))},
        lambda: dice.choice([[], "x", 1, None, [{"title": "x"}]]),
    )
    for number in range(count):
        yield makers[number % len(makers)]()


def test_four_hundred_malformed_bodies(node, index):
    for body in bad_bodies(400):
        sent = json.dumps({"query": {"proximity": body}}, ensure_ascii=False)
        answer = node.http.post(f"/{index}/_search", content=sent.encode(), headers=JSON)
        assert answer.status_code == 400, f"{answer.status_code} for {sent[:300]}"
        causes = answer.json()["error"]["root_cause"]
        assert all("[" in cause["reason"] and "]" in cause["reason"] for cause in causes), (
            sent[:300],
            causes,
        )
        assert all("[proximity]" in cause["reason"] for cause in causes), (sent[:300], causes)
    assert next(iter(scores(node, index, near()))) == "next"


def test_broken_json_is_refused_too(node, index):
    dice = random.Random(7)
    whole = json.dumps({"query": near(boost=2, _name="n")}, ensure_ascii=False).encode()
    for _ in range(200):
        cut = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(cut))
            if dice.random() < 0.5:
                del cut[at]
            else:
                cut[at] = dice.randrange(256)
        answer = node.http.post(f"/{index}/_search", content=bytes(cut), headers=JSON)
        assert answer.status_code in (200, 400), (
            f"{answer.status_code} for {bytes(cut)!r}: {answer.text[:500]}"
        )
