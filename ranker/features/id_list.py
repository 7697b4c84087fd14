"""The ids of one request: arrays for looking up, strings only where somebody reads them."""

from collections.abc import Sequence
from functools import cached_property
from typing import Final, Self, overload

import numpy as np
import numpy.typing as npt

from ranker.errors import InvalidInputError
from ranker.features.identifiers import MOST_ID_BYTES, Bytes, hash_ids, pack

_WORD: Final = 8
_WIDEST: Final = MOST_ID_BYTES + _WORD  # an id that is cut there is longer than any that is known


class IdList(Sequence[str]):
    """Immutable. Making 500 strings of a block, and arrays of them again, would cost 0.2 ms.

    Args:
        block: UTF-8 of all ids, one after the other.
        ends: Where each ends in the block, ascending, (n,).
    """

    def __init__(self, block: bytes, ends: npt.NDArray[np.uint32]) -> None:
        self._block = block
        self._ends = ends

    @classmethod
    def of(cls, ids: Sequence[str]) -> "IdList":
        """Of strings; what is a list of ids stays itself."""
        return ids if isinstance(ids, IdList) else _OfStrings(ids)

    @classmethod
    def split(cls, block: bytes, ends: npt.NDArray[np.uint32]) -> Self:
        """Of a block as it came.

        Raises:
            InvalidInputError: The offsets don't fit the block, or an id is no UTF-8.
        """
        if (int(ends[-1]) if len(ends) else 0) != len(block) or (ends[1:] < ends[:-1]).any():
            raise InvalidInputError(f"the id offsets don't fit the id block of [{len(block)}] bytes")
        ids = cls(block, ends)
        if not block.isascii():
            try:
                _ = ids.strings
            except UnicodeDecodeError as error:
                raise InvalidInputError(f"an id is no UTF-8: [{error.reason}]") from None
        return ids

    @cached_property
    def strings(self) -> list[str]:
        """The ids."""
        ends = self._ends.tolist()
        pairs = zip([0, *ends], ends, strict=False)
        if self._block.isascii():
            text = self._block.decode("ascii")
            return [text[start:end] for start, end in pairs]
        return [self._block[start:end].decode() for start, end in pairs]

    @cached_property
    def packed(self) -> Bytes:
        """Zero-padded bytes as `identifiers.pack` makes them, (n,)."""
        count, data = len(self), np.frombuffer(self._block, np.uint8)
        lengths = np.diff(self._ends, prepend=np.uint32(0)).astype(np.int64)
        longest = int(lengths.max(initial=1))
        if longest > _WIDEST:
            return pack(self.strings, _WIDEST)
        width = -(-max(longest, 1) // _WORD) * _WORD
        cells = np.zeros((count, width), np.uint8)
        if longest * count == len(data):
            cells[:, :longest] = data.reshape(count, longest)
        else:
            cells[np.arange(width) < lengths[:, None]] = data
        return cells.view(f"S{width}")[:, 0]

    @cached_property
    def hashes(self) -> npt.NDArray[np.uint64]:
        """`identifiers.hash_ids` of them, (n,)."""
        return hash_ids(self.packed)

    def take(self, rows: npt.NDArray[np.intp]) -> "IdList":
        """Some of them."""
        return IdList.of([self.strings[row] for row in rows.tolist()])

    def __len__(self) -> int:
        return len(self._ends)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self.strings == list(other)

    __hash__ = None  # type: ignore[assignment] # as a list

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        return self.strings[at]


class _OfStrings(IdList):
    def __init__(self, ids: Sequence[str]) -> None:
        self.__dict__["strings"] = list(ids)

    @cached_property
    def packed(self) -> Bytes:
        longest = max((len(item.encode()) for item in self.strings), default=1)
        return pack(self.strings, min(longest, _WIDEST))

    def __len__(self) -> int:
        return len(self.strings)
