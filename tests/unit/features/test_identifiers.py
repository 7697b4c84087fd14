import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranker.errors import InvalidInputError
from ranker.features import identifiers
from ranker.features.identifiers import MOST_ID_BYTES, IdIndex, hash_ids, pack

# No zero byte: ids are padded with it.
ids = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=30)


def rows(index, *wanted):
    return index.rows(list(wanted)).tolist()


@given(st.lists(ids, unique=True, max_size=40), st.lists(ids, max_size=10))
def test_an_id_has_the_row_it_was_built_with_and_others_have_none(known, others):
    index = IdIndex.build(known)
    assert rows(index, *known) == list(range(len(known)))
    row_of = {item: row for row, item in enumerate(known)}
    assert rows(index, *others) == [row_of.get(item, -1) for item in others]


def test_ids_that_are_not_ascii_are_found_as_typed():
    index = IdIndex.build(["BV1", "周杰伦-晴天", "é"])
    assert rows(index, "周杰伦-晴天", "é", "周杰伦", "e") == [1, 2, -1, -1]


def test_a_longer_id_that_begins_like_a_known_one_is_another():
    # Eight bytes fill the index's width; the ninth lies in the word that a probe has more.
    index = IdIndex.build(["BV345678"])
    assert index.ids.dtype.itemsize == 8
    assert rows(index, "BV345678", "BV3456789", "BV345678" + "9" * 50, "BV34567") == [0, -1, -1, -1]


def test_an_id_is_cut_in_the_middle_of_a_letter_and_is_still_another():
    assert rows(IdIndex.build(["周杰"]), "周杰", "周杰伦" * 10, "周") == [0, -1, -1]


def test_widths_are_multiples_of_eight_bytes():
    assert [pack([item]).dtype.itemsize for item in ("", "a" * 8, "a" * 9, "周杰伦")] == [8, 8, 16, 16]


@given(ids)
def test_the_hash_does_not_see_the_padding(item):
    assert hash_ids(pack([item])).tolist() == hash_ids(pack([item], 256)).tolist()


@given(ids, ids)
def test_an_order_of_words_is_part_of_the_hash(first, second):
    one, other = (a.ljust(8, "x").encode()[:8] for a in (first, second))
    hashes = hash_ids(np.array([one + other, other + one]))
    assert (hashes[0] == hashes[1]) == (one == other)


def test_ids_of_one_hash_are_told_apart(monkeypatch):
    monkeypatch.setattr(identifiers, "hash_ids", lambda packed: np.full(len(packed), 7, np.uint64))
    index = IdIndex.build(["a", "b", "c"])
    assert rows(index, "c", "a", "b", "d") == [2, 0, 1, -1]


@pytest.mark.parametrize("wanted", [[], ["BV1"]])
def test_an_index_of_nothing_knows_nothing(wanted):
    assert IdIndex.build([]).rows(wanted).tolist() == [-1] * len(wanted)


def test_what_was_saved_opens_again(tmp_path):
    for known in ([], ["BV1"], [f"视频{i}" for i in range(1_000)]):
        IdIndex.build(known).save(tmp_path)
        assert rows(IdIndex.open(tmp_path), *known, "BV9") == [*range(len(known)), -1]


@pytest.mark.parametrize(
    ("known", "message"),
    [
        (["BV1", "BV2", "BV1"], "video_id [BV1] occurs twice; merge its rows first"),
        (["周", "b", "周"], "video_id [周] occurs twice; merge its rows first"),
        (["BV1", ""], "the id of row [1] is empty"),
        (
            ["x" * (MOST_ID_BYTES + 1)],
            f"id [{'x' * 40}…] of [{MOST_ID_BYTES + 1}] bytes exceeds the limit of [{MOST_ID_BYTES}]",
        ),
    ],
)
def test_wrong_ids_are_refused(known, message):
    with pytest.raises(InvalidInputError) as error:
        IdIndex.build(known)
    assert str(error.value) == message
