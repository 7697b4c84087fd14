"""Chooses ports on the loopback address.

A port is chosen seconds before its server listens. So that two stacks that start together don't choose the
same one, a process claims what it chose, by a lock that ends with the process.
"""

import fcntl
import os
import socket
import tempfile
from pathlib import Path

from ranker.errors import MissingPartError

LOOPBACK = "127.0.0.1"
_claims: dict[int, int] = {}  # by port, the open lock file


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` of the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: TIME_WAIT is no obstacle
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def choose(wanted: int, usual: int, variable: str) -> int:
    """The port `wanted`, which must be free; for 0 the usual one if it is free, else any free one.

    Args:
        wanted: From the settings; 0 leaves the choice to us.
        usual: The one that people expect.
        variable: The setting to name in the error.

    Raises:
        MissingPartError: `wanted` is taken.
    """
    if wanted == 0:
        port = usual
        while not (is_free(port) and _claim(port)):
            port = any_free()
        return port
    if not is_free(wanted):
        raise MissingPartError(taken(wanted, variable))
    return wanted


def _claim(port: int) -> bool:
    """Keep other processes of this user from choosing the port for as long as this one lives."""
    if port in _claims:
        return True
    folder = Path(tempfile.gettempdir()) / f"encore-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    lock = os.open(folder / str(port), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return False
    _claims[port] = lock
    return True


def any_free() -> int:
    """A port that nothing listens on, from the system's own range."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def taken(port: int, variable: str) -> str:
    """The sentence for a port that another program has."""
    return (
        f"port [{port}] on {LOOPBACK} is taken by another program: "
        f"stop that program, or set {variable} to another port (0 picks a free one)"
    )
