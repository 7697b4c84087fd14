"""A text's plan by the real ranker, what the real engine finds by it, and how a score explains itself."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ranker.recall.encoder import TitleEncoder
from ranker.understanding.plan import decode_plan


@pytest.fixture(scope="module")
def alias(stack):
    """An artist who is found by an alias that differs from the name: (name, alias)."""
    from ranker.world.store import World

    for name, aliases in World.load(stack.settings.worlds / "demo").artists.select("name", "aliases").rows():
        for other in aliases or ():
            if other.isascii() and " " not in other and len(other) > 3:
                return name, other
    pytest.fail("the world has no artist with an alias in Latin letters")


def plan(stack, text, **more):
    answer = stack.ranker.post("/v1/understand", json={"text": text} | more)
    assert answer.status_code == 200, answer.text
    return decode_plan(answer.content)


def test_a_plan_names_the_artist_of_an_alias(stack, alias):
    name, other = alias
    made = plan(stack, other.upper(), options={"routes": ["text", "entity", "vector"]})
    entity = next(entity for entity in made.entities if entity.kind == "artist")
    assert entity.names[0] == name.lower()
    assert (entity.surface, entity.trust, entity.alias) == (other.lower(), 1.0, True)
    (folder,) = (path.parent for path in stack.settings.encoders.glob("*/manifest.json"))
    encoder = TitleEncoder.open(folder)
    assert made.versions.encoder == encoder.identity.version
    assert made.query_vector() @ encoder.encode([other.upper()])[0] == pytest.approx(1, abs=1e-5)


def test_what_an_alias_means_is_found_by_its_route(stack, alias):
    name, other = alias
    hits = stack.json("search", other, "--size", "50")["hits"]
    by_name = [hit for hit in hits if name in hit["title"] and other not in hit["title"].lower()]
    assert by_name
    assert all("entity.artist" in hit["routes"] for hit in by_name)
    words = {
        hit["id"]
        for hit in stack.json("search", other, "--words", "--size", "1000", "--window", "1000")["hits"]
    }
    assert {hit["id"] for hit in hits} - words, "by words alone none of these is found"


def test_a_name_in_pinyin_is_found(stack):
    hits = stack.json("search", "zhoujielun", "--size", "5")["hits"]
    assert [hit["routes"] for hit in hits] == [["entity.artist"]] * 5


def test_one_text_and_many_users_have_one_plan_with_nobody_in_it(stack):
    def body(user):
        answer = stack.ranker.post(
            "/v1/understand", json={"text": "晴天 现场", "user": user, "request_id": user}
        )
        return answer.headers["x-encore-request-id"], answer.content

    users = [f"u{n}" for n in range(40)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(body, users))
    assert [request_id for request_id, _ in answers] == users
    assert len({content for _, content in answers}) == 1


def score(stack, request_id, ids):
    asked = {
        "request_id": request_id,
        "query": "周杰伦 晴天",
        "user": "u1",
        "now": 1,
        "explain": True,
        "candidates": [{"id": item, "coarse_score": 1.0} for item in ids],
    }
    answer = stack.ranker.post("/v1/score", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_score_explains_itself_when_made_and_when_kept(stack):
    ids = [hit["id"] for hit in stack.json("search", "周杰伦 晴天", "--size", "5")["hits"]]
    made = score(stack, "explained", ids)
    (generation,) = stack.ranker.get("/v1/generations").json()["generations"]
    for candidate in made["candidates"]:
        parts = candidate["explanation"]
        formula = parts["formula"]
        assert (parts["tier"], parts["u"]) == (candidate["tier"], candidate["u"])
        assert parts["score"] == 1 + candidate["tier"] + candidate["u"]
        assert sum(parts["tier_probabilities"].values()) == pytest.approx(1, abs=1e-5)
        weighed = sum(weight * formula["values"][name] for name, weight in formula["weights"].items())
        assert weighed / sum(formula["weights"].values()) == pytest.approx(parts["u"], abs=1e-5)
        assert formula["text"].startswith(f"tier {parts['tier']} {parts['tier_name']}: P(fair_fair+) ")
        assert parts["versions"] == generation["versions"]
        assert parts["generation"] == generation["generation"]
    kept = score(stack, "explained", ids[::-1])
    assert (made["marks"], kept["marks"]) == (["scored"], ["stored"])
    assert kept["candidates"] == made["candidates"][::-1]


def test_recall_is_measured_by_kind_of_query(stack):
    done = stack.json("eval", "recall", "--most", "20")
    whole = done["rows"][-1]
    assert (done["window"], whole["kind"]) == (500, "all")
    means = {name: value["mean"] for name, value in whole["recall"].items()}
    assert set(means) == {"coarse", "coarse + entity", "coarse + vector", "all"}
    assert 0 <= means["coarse"] <= means["coarse + entity"] <= 1
