"""A file that one process at a time holds, with the holder's process id in it."""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from ranker.errors import EncoreError

# A killed JVM takes a moment to give back its memory, and its locks only after that.
DYING_SECONDS = 15.0


def take(path: Path, refusal: Callable[[str], str]) -> int:
    """Takes the lock; a file descriptor that holds it until every copy of it, a child's too, is closed.

    Waits for a holder that is dead or dying, not for one that lives.

    Args:
        path: The lock's file, made if missing.
        refusal: The sentence for a lock that is held, given the holder's process id.

    Raises:
        EncoreError: Another process holds it.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    deadline = time.monotonic() + DYING_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except OSError as error:
            holder = os.pread(handle, 32, 0).decode()
            if is_alive(holder) or time.monotonic() > deadline:
                os.close(handle)
                raise EncoreError(refusal(holder or "unknown")) from error
            time.sleep(0.02)


def note(handle: int, pid: int) -> None:
    """Writes into the lock's file who holds it."""
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(pid).encode(), 0)


def holder(path: Path) -> int:
    """The process id in the file; 0 when there is none."""
    try:
        text = path.read_text()
    except FileNotFoundError:
        return 0
    return int(text) if text.isdecimal() else 0


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock now.

    A killed process is seen dead before its last thread has closed the file: it is waited for, as when the
    lock is taken.
    """
    deadline = time.monotonic() + DYING_SECONDS
    while _is_locked(path):
        if is_alive(holder(path)) or time.monotonic() > deadline:
            return True
        time.sleep(0.02)
    return False


def _is_locked(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def is_alive(pid: str | int) -> bool:
    """Whether a process with that id runs; one that is being taken down does not."""
    try:
        return psutil.Process(int(pid)).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except (ValueError, psutil.NoSuchProcess):
        return False
