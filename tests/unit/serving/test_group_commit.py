import asyncio

import pytest

from ranker.catalog.journal import Journal, read
from ranker.serving.group_commit import GroupCommit, QueueFullError


def test_what_is_acknowledged_is_on_disk(tmp_path):
    async def scenario():
        commit = GroupCommit(Journal.open(tmp_path / "j"))
        await asyncio.gather(*(commit.append([f"{i}-{k}".encode() for k in range(3)]) for i in range(50)))
        durable = sorted(payload for _, payload in read(tmp_path / "j"))
        await commit.close()
        return durable

    assert asyncio.run(scenario()) == sorted(f"{i}-{k}".encode() for i in range(50) for k in range(3))


def test_beyond_the_bound_nothing_is_taken(tmp_path):
    async def scenario():
        commit = GroupCommit(Journal.open(tmp_path / "j"), most_waiting=2)
        with pytest.raises(QueueFullError, match=r"\[0\] payloads wait to be written; come again later"):
            await commit.append([b"1", b"2", b"3"])
        await commit.append([b"1", b"2"])
        await commit.close()

    asyncio.run(scenario())
    assert len(list(read(tmp_path / "j"))) == 2


def test_a_failed_write_reaches_its_writers_and_the_next_one_works(tmp_path):
    journal = Journal.open(tmp_path / "j")
    real, faults = journal.append, [OSError(28, "No space left on device")]

    def append(payloads):
        if faults:
            raise faults.pop()
        return real(payloads)

    journal.append = append  # a full disk can't be had for real

    async def scenario():
        commit = GroupCommit(journal)
        with pytest.raises(OSError, match="No space left"):
            await commit.append([b"lost"])
        await commit.append([b"kept"])
        await commit.close()

    asyncio.run(scenario())
    assert [payload for _, payload in read(tmp_path / "j")] == [b"kept"]
