import os
import subprocess
import sys

import pytest

from ranker.engine import lock
from ranker.errors import EncoreError


def sentence(holder: str) -> str:
    return f"held by [{holder}]"


def holding(path, note: int | None = None) -> subprocess.Popen:
    """Another process that holds the lock until its input closes."""
    code = f"""
import fcntl, os, sys
handle = os.open({str(path)!r}, os.O_RDWR | os.O_CREAT)
fcntl.flock(handle, fcntl.LOCK_EX)
os.pwrite(handle, str({note} or os.getpid()).encode(), 0)
print("held", flush=True)
sys.stdin.read()
"""
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"held\n"
    return process


def test_a_lock_is_taken_noted_and_given_back(tmp_path):
    path = tmp_path / "lock"
    assert not lock.is_held(path)
    handle = lock.take(path, sentence)
    lock.note(handle, os.getpid())
    assert (lock.is_held(path), lock.holder(path)) == (True, os.getpid())
    os.close(handle)
    assert not lock.is_held(path)


def test_a_living_holder_is_named_at_once(tmp_path):
    with holding(tmp_path / "lock") as process, pytest.raises(EncoreError) as refusal:
        try:
            lock.take(tmp_path / "lock", sentence)
        finally:
            process.stdin.close()
    assert str(refusal.value) == f"held by [{process.pid}]"


def test_a_dying_holder_is_waited_for(tmp_path):
    # The file names a process that is gone, while another still has the lock: a JVM that gives back memory.
    with holding(tmp_path / "lock", note=2**22 - 1) as process:
        process.stdin.close()  # it ends about now
        os.close(lock.take(tmp_path / "lock", sentence))


def test_but_not_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "DYING_SECONDS", 0.1)
    with holding(tmp_path / "lock", note=2**22 - 1) as process, pytest.raises(EncoreError, match="4194303"):
        try:
            lock.take(tmp_path / "lock", sentence)
        finally:
            process.stdin.close()


def test_a_lock_is_not_held_by_the_dying(tmp_path, monkeypatch):
    with holding(tmp_path / "lock", note=2**22 - 1) as process:
        process.stdin.close()  # it ends about now
        assert not lock.is_held(tmp_path / "lock")
    monkeypatch.setattr(lock, "DYING_SECONDS", 0.1)
    with holding(tmp_path / "lock", note=2**22 - 1) as process:
        assert lock.is_held(tmp_path / "lock")
        process.stdin.close()


def test_a_child_that_shares_the_lock_keeps_it(tmp_path):
    handle = lock.take(tmp_path / "lock", sentence)
    lock.note(handle, os.getpid())
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[handle])
    os.close(handle)
    assert lock.is_held(tmp_path / "lock")
    child.communicate(b"\n")
    assert not lock.is_held(tmp_path / "lock")


@pytest.mark.parametrize("content", ["", "nobody"])
def test_a_file_without_a_process_has_no_holder(tmp_path, content):
    (tmp_path / "lock").write_text(content)
    assert lock.holder(tmp_path / "lock") == 0
    assert lock.holder(tmp_path / "absent") == 0
