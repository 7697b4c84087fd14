import os
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker.catalog.journal import Journal, read
from ranker.errors import EncoreError, InvalidInputError


def payloads(path, offset=0):
    return [payload for _, payload in read(path, offset)]


def test_a_record_is_length_checksum_and_payload(tmp_path):
    path = tmp_path / "events.journal"
    with Journal.open(path) as journal:
        end = journal.append([b"abc"])
    assert path.read_bytes() == b"ENCJ\x01\x00" + struct.pack("<II", 3, zlib.crc32(b"abc")) + b"abc"
    assert end == path.stat().st_size == 6 + 8 + 3


@settings(deadline=None)  # it waits for a disk
@given(st.lists(st.lists(st.binary(max_size=40), max_size=4), max_size=5))
def test_what_was_appended_is_read_in_order(tmp_path_factory, batches):
    path = tmp_path_factory.mktemp("journal") / "j"
    for batch in batches:
        with Journal.open(path) as journal:
            journal.append(batch)
    assert payloads(path) == [payload for batch in batches for payload in batch]


@settings(deadline=None)  # it waits for a disk
@given(st.integers(min_value=0, max_value=60))
def test_a_torn_tail_is_cut_and_whole_records_stay(tmp_path_factory, lost_bytes):
    path = tmp_path_factory.mktemp("journal") / "j"
    with Journal.open(path) as journal:
        ends = [journal.append([bytes([65 + i]) * 10]) for i in range(3)]
    os.truncate(path, max(6, ends[-1] - lost_bytes))
    whole = sum(end <= path.stat().st_size for end in ends)
    with Journal.open(path) as journal:
        journal.append([b"after"])
    assert payloads(path) == [*[b"A" * 10, b"B" * 10, b"C" * 10][:whole], b"after"]


def test_reading_goes_on_from_an_offset(tmp_path):
    path = tmp_path / "j"
    with Journal.open(path) as journal:
        first = journal.append([b"one"])
        journal.append([b"two"])
    assert payloads(path, first) == [b"two"]
    assert payloads(tmp_path / "missing") == []


def test_a_damaged_record_ends_the_reading(tmp_path):
    path = tmp_path / "j"
    with Journal.open(path) as journal:
        journal.append([b"good", b"bad!"])
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert payloads(path) == [b"good"]


def test_a_failed_append_leaves_no_trace(tmp_path):
    path = tmp_path / "j"
    with Journal.open(path) as journal:
        journal.append([b"one"])
        with pytest.raises(InvalidInputError, match=r"a record of \[67108865\] bytes exceeds"):
            journal.append([b"half", bytes((1 << 26) + 1)])
        journal.append([b"two"])
    assert payloads(path) == [b"one", b"two"]


def test_one_writer_only(tmp_path):
    path = tmp_path / "j"
    with Journal.open(path), pytest.raises(EncoreError) as error:
        Journal.open(path)
    assert str(error.value) == f"the journal [{path}] is being written by another process; stop it first"


def test_a_foreign_file_is_refused(tmp_path):
    path = tmp_path / "j"
    path.write_bytes(b"something else")
    with pytest.raises(EncoreError, match=r"is not a journal of version \[1\]; move it away first"):
        Journal.open(path)
