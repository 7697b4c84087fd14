from ranker.evaluation.real_queries import Outcome, Response, page, sample
from ranker.recall.answer import Answer, Hit


def hit(rank="fine", cause=None, tier="good"):
    return Hit("BV1", "晴天 现场", 4.25, 12.5, rank, cause, tier, {"uploader": "杰威尔"}, None)


def asked(query, *hits, degraded=(), total=None, milliseconds=10.0):
    answer = Answer("r1", tuple(degraded), len(hits) if total is None else total, 5, tuple(hits))
    return Response(query, answer, milliseconds)


def test_a_sample_is_of_distinct_texts_and_the_same_for_a_seed():
    texts = ["b", " a ", "", "a", *map(str, range(50))]
    assert sample(texts, 100, 7)[:2] == ["b", "a"]
    assert sample(texts, 5, 7) == sample(texts, 5, 7) != sample(texts, 5, 8)
    assert len(sample(texts, 5, 7)) == 5


def test_degraded_answers_and_candidates_are_counted():
    outcome = Outcome(
        [
            asked("x", hit(), hit(), total=700, milliseconds=10),
            asked("y", hit("coarse", "timeout", None), degraded=["timeout"], milliseconds=20),
            asked("z", milliseconds=30),
        ],
        unknown=4,
    )
    assert outcome.as_json() == {
        "queries": 3,
        "degraded": 1,
        "causes": {"timeout": 1},
        "without_hits": 1,
        "hits": 3,
        "fine_hits": 2,
        "candidates": 501,
        "unknown": 4,
        "p50_ms": 20.0,
        "p99_ms": 29.8,
    }


def test_a_page_shows_tier_and_both_scores():
    assert page([asked("晴天", hit(), hit("coarse", "timeout", None))]) == (
        "晴天    (2 matches)\n"
        "  1. 4.250 good       12.5  晴天 现场  [杰威尔]\n"
        "  2. 4.250 coarse timeout  12.5  晴天 现场  [杰威尔]\n"
    )
