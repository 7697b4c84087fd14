import asyncio

from ranker.features.snapshots.journals import read_from
from ranker.serving.metrics import Metrics
from ranker.serving.snapshots import SnapshotLimits, SnapshotLog


def write(folder, payloads, limits=None, rows=1):
    metrics = Metrics()

    async def scenario():
        log = SnapshotLog(folder, metrics, limits)
        for payload in payloads:
            log.offer(payload if callable(payload) else lambda payload=payload: payload, rows)
            await log.drain()
        await log.close()

    asyncio.run(scenario())
    counts = {outcome: metrics.snapshots.labels(outcome)._value.get() for outcome in ("written", "dropped")}
    return counts, [payload for _, payload in read_from(folder)]


def test_what_is_offered_is_written_in_order(tmp_path):
    assert write(tmp_path, [b"1", b"2"]) == ({"written": 2, "dropped": 0}, [b"1", b"2"])


def test_beyond_the_bound_it_is_dropped_and_counted(tmp_path):
    counts, kept = write(tmp_path, [b"1"], SnapshotLimits(most_waiting_rows=9), rows=10)
    assert (counts, kept) == ({"written": 0, "dropped": 1}, [])


def test_one_that_cannot_be_encoded_does_not_end_the_log(tmp_path):
    def broken():
        raise ValueError("no such feature")

    counts, kept = write(tmp_path, [broken, b"2"])
    assert (counts, kept) == ({"written": 1, "dropped": 1}, [b"2"])


def test_files_are_closed_by_size_and_the_oldest_goes(tmp_path):
    limits = SnapshotLimits(segment_bytes=50, most_bytes=130)
    _, kept = write(tmp_path, [bytes([65 + i]) * 50 for i in range(5)], limits)
    # Each payload fills a file of 6 + 8 + 50 bytes; two closed files are 128 bytes.
    assert kept == [b"D" * 50, b"E" * 50]


def test_a_disk_that_is_nearly_full_is_left_to_events_and_engine(tmp_path):
    counts, kept = write(tmp_path, [b"1"], SnapshotLimits(least_free_bytes=1 << 60))
    assert (counts, kept) == ({"written": 0, "dropped": 1}, [])
