import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranker.errors import InvalidInputError
from ranker.features.id_list import IdList
from ranker.features.identifiers import MOST_ID_BYTES, IdIndex, hash_ids, pack

# Padding is zero bytes, so an id can't end in one; no engine makes such ids.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


def split(*ids):
    data = [item.encode() for item in ids]
    return IdList.split(b"".join(data), np.cumsum([len(item) for item in data], dtype=np.uint32))


@given(st.lists(texts))
def test_a_block_is_its_strings(ids):
    made = split(*ids)
    assert (len(made), list(made), made.strings) == (len(ids), ids, ids)
    assert made == ids
    assert made == IdList.of(ids)


@given(st.lists(texts, min_size=1))
def test_hashes_are_those_of_the_index(ids):
    expected = hash_ids(pack(ids)).tolist()
    assert split(*ids).hashes.tolist() == expected
    assert IdList.of(ids).hashes.tolist() == expected
    assert split(*ids).packed.tolist() == [item.encode() for item in ids]


@pytest.mark.parametrize("ids", [["BV1", "BV2"], ["BV1", "BV22", ""], ["歌", "BV1"]])
def test_ids_of_any_length_are_found(ids):
    index = IdIndex.build(["BV1", "歌", "BV22"])
    known = {"BV1": 0, "歌": 1, "BV22": 2}
    for made in (split(*ids), IdList.of(ids)):
        assert index.find(made.packed, made.hashes).tolist() == [known.get(item, -1) for item in ids]


def test_an_id_that_is_too_long_to_be_known_is_cut_and_unknown():
    longest = "x" * MOST_ID_BYTES
    index = IdIndex.build([longest])
    for made in (split(longest, longest + "x" * 9_000), IdList.of([longest, longest + "x" * 9_000])):
        assert index.find(made.packed, made.hashes).tolist() == [0, -1]
        assert made.packed.nbytes <= 2 * (MOST_ID_BYTES + 8)


def test_some_of_a_list():
    assert split("a", "bb", "c").take(np.array([2, 0])) == ["c", "a"]
    assert split("a", "bb", "c")[1:] == ["bb", "c"]


def test_no_ids():
    none = split()
    assert (len(none), none.strings, none.packed.tolist(), none.hashes.tolist()) == (0, [], [], [])
    assert not IdList.of([])


def test_a_list_stays_itself():
    made = split("a")
    assert IdList.of(made) is made


@pytest.mark.parametrize("ends", [[1], [3], [2, 1, 2], [4, 2]])
def test_offsets_that_do_not_fit_are_refused(ends):
    with pytest.raises(InvalidInputError) as refused:
        IdList.split(b"ab", np.array(ends, np.uint32))
    assert str(refused.value) == "the id offsets don't fit the id block of [2] bytes"


def test_what_is_no_utf8_is_refused():
    with pytest.raises(InvalidInputError) as refused:
        IdList.split(b"\xff\xfe", np.array([2], np.uint32))
    assert str(refused.value) == "an id is no UTF-8: [invalid start byte]"
