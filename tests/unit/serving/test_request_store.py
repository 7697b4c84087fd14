import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ranker.ranking.formula import Formula
from ranker.serving.explain import ScoredBy
from ranker.serving.request_store import RequestStore, ScoredRows

FORMULA = Formula("1", (0.5, 0.5, 0.5), (1.0, 0.0, 0.0, 0.0, 0.0))
OLD, NEW = (ScoredBy(name, {}, FORMULA) for name in ("old", "new"))


def scored(ids, tier=1, maker=OLD):
    count = len(ids)
    return ScoredRows.of(
        ids,
        np.full(count, tier, np.uint8),
        np.linspace(0, 0.5, count),
        np.ones((count, 2), np.float32),
        maker,
    )


def test_each_row_remembers_what_scored_it():
    rows = scored(["a", "b"]).with_rows(scored(["b", "c"], maker=NEW)).with_rows(scored(["d"]))
    assert rows.makers == (OLD, NEW)
    makers = [rows.makers[by].generation for by in rows.by[rows.positions(["a", "b", "c", "d"])]]
    assert makers == ["old", "old", "new", "old"]


# Ids come as UTF-8, in which no half of a surrogate pair stands, and are padded with zero bytes.
IDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)


@given(st.lists(IDS, unique=True, min_size=1), st.lists(IDS, unique=True))
def test_a_known_candidate_is_found_and_a_new_one_is_not(known, asked):
    positions = scored(known).positions(asked)
    assert [position >= 0 for position in positions] == [item in known for item in asked]


def test_each_id_gets_its_own_score():
    rows = ScoredRows.of(
        ["b", "a"], np.array([2, 3], np.uint8), np.array([0.2, 0.3]), np.zeros((2, 1), np.float32), OLD
    )
    at = rows.positions(["a", "b"])
    assert rows.tier[at].tolist() == [3, 2]
    assert rows.u[at].tolist() == [0.3, 0.2]


def test_the_first_answer_stays():
    store = RequestStore()
    store.keep(("r", "晴天"), scored(["a", "b"], tier=1))
    store.keep(("r", "晴天"), scored(["b", "c"], tier=3))
    rows = store.find(("r", "晴天"))
    assert rows.tier[rows.positions(["a", "b", "c"])].tolist() == [1, 1, 3]


def test_an_id_quoted_with_another_query_is_unknown():
    store = RequestStore()
    store.keep(("r", "晴天"), scored(["a"]))
    assert store.find(("r", "会不会")) is None


def test_the_oldest_request_goes_first():
    store = RequestStore(most_candidates=3)
    store.keep(("1",), scored(["a", "b"]))
    store.keep(("2",), scored(["a"]))
    store.keep(("3",), scored(["a"]))
    assert store.find(("1",)) is None
    assert store.find(("2",)) is not None
    assert len(store) == 2


def test_a_request_expires():
    now = [0.0]
    store = RequestStore(age_seconds=600, clock=lambda: now[0])
    store.keep(("r",), scored(["a"]))
    now[0] = 600
    assert store.find(("r",)) is not None
    now[0] = 600.1
    assert store.find(("r",)) is None
    assert len(store) == 0
