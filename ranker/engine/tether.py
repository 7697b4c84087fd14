"""Ties a program to its launcher's life: `python -I -S tether.py PARENT PROGRAM ARGUMENT…`.

The kernel kills this process when the launcher dies, however it dies, and the program that replaces it by
`exec` inherits that wish. Done in a process of its own, because code that runs between fork and exec in a
launcher with threads may hang. Imports nothing of this project: it runs without a path.

The wish is tied to the thread that started the child: start children from a thread that lives as long as
the process, such as the main one.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Asks for a SIGKILL at the launcher's death, makes sure that it still lives, becomes the program."""
    parent, program = int(arguments[0]), arguments[1]
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died between our birth and the wish
        os._exit(1)
    os.execv(program, arguments[1:])  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
