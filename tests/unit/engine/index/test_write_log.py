import threading

import pytest

from ranker.catalog.video import Video
from ranker.engine.index.ranker_door import deletes, upserts
from ranker.engine.index.write_log import Position, WriteLog
from ranker.errors import EncoreError


def video(video_id):
    return Video(video_id=video_id, title="x")


def read(log, since):
    return [change.id for _, change in log.read(since)]


def test_writes_are_read_in_the_order_of_acceptance(tmp_path):
    log = WriteLog(tmp_path / "videos")
    with log.locked():
        log.append([*upserts([video("a")]), *deletes(["b"])])
        log.append(upserts([video("c")]))
    assert [(change.do, change.id) for _, change in log.read(Position(1, 0))] == [
        ("upsert", "a"),
        ("delete", "b"),
        ("upsert", "c"),
    ]


def test_a_build_reads_from_its_segment_and_goes_on_where_it_was(tmp_path):
    log = WriteLog(tmp_path / "videos")
    with log.locked():
        log.append(upserts([video("before")]))
        segment = log.begin_segment()
        log.append(upserts([video("during")]))
    ((position, change),) = log.read(Position(segment, 0))
    assert change.id == "during"
    log.append(upserts([video("later")]))
    assert read(log, position) == ["later"]
    assert log.begin_segment() == segment + 1
    log.append(upserts([video("last")]))
    assert read(log, position) == ["later", "last"]


def test_old_segments_are_forgotten(tmp_path):
    log = WriteLog(tmp_path / "videos")
    with log.locked():
        log.append(upserts([video("a")]))
        segment = log.begin_segment()
        log.append(upserts([video("b")]))
        log.forget_before(segment)
    assert read(log, Position(0, 0)) == ["b"]
    assert log.begin_segment() == segment + 1


def test_writers_wait_for_each_other_and_give_up_at_last(tmp_path):
    log = WriteLog(tmp_path / "videos")
    waiting = threading.Event()
    entered = []

    def wait():
        waiting.set()
        with WriteLog(tmp_path / "videos").locked():
            entered.append(True)

    with log.locked():
        with pytest.raises(EncoreError) as caught, WriteLog(tmp_path / "videos").locked(0.05):
            pass
        assert str(caught.value) == "[videos] was being written for [0.05] seconds; try again"
        other = threading.Thread(target=wait)
        other.start()
        waiting.wait(5)
        assert not entered
    other.join(5)
    assert entered == [True]
