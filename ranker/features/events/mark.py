"""How far the log is known to be on disk, for readers in any process.

Bytes that were written and not yet synced may be lost with the power, and others written in their place:
who had read them would never learn of it. So a reader stops at the mark, which the writer moves after each
`fsync`. It is eight bytes, rewritten in place, and never ahead of the disk: after a power cut it may name an
older position, and the log's next opening moves it on.
"""

import os
import struct
from pathlib import Path
from typing import Final

from ranker.catalog.whole_file import write_whole

_NAME: Final = "durable"
_POSITION: Final = struct.Struct("<q")


def durable_position(folder: Path) -> int | None:
    """The mark; None where no writer has made one (a log of before segments, or none)."""
    try:
        content = (folder / _NAME).read_bytes()
    except FileNotFoundError:
        return None
    return int(_POSITION.unpack(content)[0]) if len(content) == _POSITION.size else None


class DurableMark:
    """The writer's hold of the mark."""

    def __init__(self, folder: Path, position: int) -> None:
        """`position`: where it stands from now on; everything up to there is on disk."""
        write_whole(folder / _NAME, _POSITION.pack(position))
        self._file = os.open(folder / _NAME, os.O_WRONLY)

    def move(self, position: int) -> None:
        """Everything up to this position is on disk."""
        os.pwrite(self._file, _POSITION.pack(position), 0)

    def close(self) -> None:
        """Let it go; it stays where it is."""
        os.close(self._file)
