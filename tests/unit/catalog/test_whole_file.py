import errno
import os
import stat

import pytest

from ranker.catalog import whole_file
from ranker.catalog.whole_file import write_whole


def test_a_failure_keeps_the_old_file_and_leaves_nothing_beside_it(tmp_path, monkeypatch):
    write_whole(tmp_path / "f", b"old")
    monkeypatch.setattr(whole_file.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.EIO, "broken")))
    with pytest.raises(OSError, match="broken"):
        write_whole(tmp_path / "f", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("f", b"old")]


def test_the_content_is_durable_before_its_name_and_the_name_before_the_return(tmp_path, monkeypatch):
    synced = []

    def fsync(handle):
        folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        synced.append(("folder" if folder else "content", (tmp_path / "f").exists()))

    monkeypatch.setattr(whole_file.os, "fsync", fsync)
    write_whole(tmp_path / "f", b"new")
    assert synced == [("content", False), ("folder", True)]
