import pytest

from ranker.catalog.journal import Journal
from ranker.errors import EncoreError
from ranker.features.snapshots.journals import journal_path, lost_behind, numbers, open_last, read_from


def write(path, *payloads):
    with Journal.open(path) as journal:
        journal.append(payloads)


def test_a_position_is_a_file_and_a_place_in_it(tmp_path):
    write(journal_path(tmp_path, 1), b"a", b"b")
    write(journal_path(tmp_path, 2), b"c")
    # Six bytes of header, then eight of each record's head and one of its payload.
    assert list(read_from(tmp_path)) == [(1 << 40 | 15, b"a"), (1 << 40 | 24, b"b"), (2 << 40 | 15, b"c")]


@pytest.mark.parametrize("read", range(4))
def test_reading_goes_on_behind_any_position(tmp_path, read):
    write(journal_path(tmp_path, 1), b"a", b"b")
    write(journal_path(tmp_path, 2), b"c")
    records = list(read_from(tmp_path))
    after = records[read - 1][0] if read else 0
    assert list(read_from(tmp_path, after)) == records[read:]


def test_what_is_written_meanwhile_comes_next_time(tmp_path):
    write(journal_path(tmp_path, 1), b"a")
    ((position, _),) = read_from(tmp_path)
    write(journal_path(tmp_path, 1), b"b")
    write(journal_path(tmp_path, 2), b"c")
    assert [payload for _, payload in read_from(tmp_path, position)] == [b"b", b"c"]


def test_files_of_before_get_numbers_in_their_order(tmp_path):
    write(tmp_path / "snapshots.journal", b"c")
    write(tmp_path / f"snapshots-{10**18 + 2}.journal", b"b")
    write(tmp_path / f"snapshots-{10**18 + 1}.journal", b"a")
    number, journal = open_last(tmp_path)
    with journal:
        journal.append([b"d"])
    assert number == 3
    assert [payload for _, payload in read_from(tmp_path)] == [b"a", b"b", b"c", b"d"]
    assert numbers(tmp_path) == [1, 2, 3]


def test_a_file_of_before_that_is_being_written_is_left_alone(tmp_path):
    path = tmp_path / "snapshots.journal"
    with Journal.open(path), pytest.raises(EncoreError) as error:
        open_last(tmp_path)
    assert str(error.value) == f"the journal [{path}] is being written by another process; stop it first"


def test_deleted_files_are_lost_to_who_had_not_read_them(tmp_path):
    for number in (3, 4):
        write(journal_path(tmp_path, number), b"x")
    assert lost_behind(tmp_path, 0) == (2, 3 << 40)
    assert lost_behind(tmp_path, 2 << 40 | 99) == (1, 3 << 40)
    assert lost_behind(tmp_path, 3 << 40 | 15) == (0, 3 << 40 | 15)
    assert lost_behind(tmp_path / "nothing", 0) == (0, 0)
