import errno
import multiprocessing
import os
import shutil
from pathlib import Path

import pytest

from ranker.engine import disk
from ranker.errors import MissingPartError


def test_a_full_disk_is_one_sentence(tmp_path):
    with pytest.raises(MissingPartError) as refusal, disk.disk_errors(tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert str(refusal.value) == (
        f"the disk of [{tmp_path}] is full: free some space, or point ENCORE_DATA and ENCORE_CACHE elsewhere"
    )


def test_a_folder_that_may_not_be_written_is_one_sentence(tmp_path):
    with pytest.raises(MissingPartError) as refusal, disk.disk_errors(tmp_path):
        raise PermissionError(errno.EACCES, "Permission denied")
    assert str(refusal.value) == (
        f"cannot write below [{tmp_path}] (Permission denied): mend its permissions, "
        f"or point ENCORE_DATA and ENCORE_CACHE elsewhere"
    )


def test_other_errors_are_not_about_the_disk(tmp_path):
    with pytest.raises(FileNotFoundError), disk.disk_errors(tmp_path):
        (tmp_path / "absent").read_bytes()


def test_space_is_asked_of_the_disk_of_a_folder_to_come(tmp_path, monkeypatch):
    seen = []

    def usage(path):
        seen.append(path)
        return shutil._ntuple_diskusage(0, 0, 99 * 2**20)

    monkeypatch.setattr(disk.shutil, "disk_usage", usage)
    disk.require_space(tmp_path / "a" / "b", 99)
    assert seen == [tmp_path]
    with pytest.raises(MissingPartError) as refusal:
        disk.require_space(tmp_path, 100)
    assert str(refusal.value) == (
        f"the disk of [{tmp_path}] has [99] MB free and [100] are needed: "
        f"free some space, or point ENCORE_DATA and ENCORE_CACHE elsewhere"
    )


def test_a_folder_appears_whole(tmp_path):
    with disk.whole_folder(tmp_path / "x" / "made") as folder:
        (folder / "file").write_text("1")
        assert not (tmp_path / "x" / "made").exists()
    assert (tmp_path / "x" / "made" / "file").read_text() == "1"


def test_a_folder_that_exists_is_left_alone(tmp_path):
    (tmp_path / "made").mkdir()
    with disk.whole_folder(tmp_path / "made") as folder:
        assert folder is None


def test_a_failure_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError), disk.whole_folder(tmp_path / "made") as folder:
        (folder / "half").write_text("1")
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == [".made.lock"]


def test_what_a_kill_left_is_removed(tmp_path):
    (tmp_path / ".made.making-dead").mkdir()
    (tmp_path / ".made.making-dead" / "half").write_text("1")
    with disk.whole_folder(tmp_path / "made") as folder:
        (folder / "file").write_text("1")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".made.lock", "made"]


def _make(target: Path) -> None:
    with disk.whole_folder(target) as folder:
        if folder is not None:
            with (target.parent / "times").open("a") as times:
                times.write("1")


def test_processes_that_want_the_same_folder_make_it_once(tmp_path):
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_make, args=(tmp_path / "made",)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    assert (tmp_path / "times").read_text() == "1"


def test_a_link_where_it_can_a_copy_elsewhere(tmp_path, monkeypatch):
    (tmp_path / "a").write_text("1")
    disk.link_or_copy(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").stat().st_ino == (tmp_path / "a").stat().st_ino

    def refuse(*_):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(disk.os, "link", refuse)
    disk.link_or_copy(tmp_path / "a", tmp_path / "c")
    assert (tmp_path / "c").read_text() == "1"
    assert (tmp_path / "c").stat().st_ino != (tmp_path / "a").stat().st_ino
