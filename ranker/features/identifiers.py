"""From a video's id to its row: a static hash index over memory-mapped arrays.

Ids are UTF-8 bytes, zero-padded to a multiple of 8 and read as 64-bit words. The hash doesn't depend on
the padding, so a probe may be narrower or wider than the index. Hashes are kept sorted; the top bits of
a hash name its bucket, `starts` says where the bucket begins. A hit is confirmed on the id itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from ranker.errors import InvalidInputError

UNKNOWN: Final = -1
_EMPTY: Final = 128  # bytes of a file's header; a file without rows can't be mapped
MOST_ID_BYTES: Final = 1_024  # an id longer than this would make every row this wide

_WORD: Final = 8
_ODD: Final = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5)

Bytes = npt.NDArray[np.bytes_]
Rows = npt.NDArray[np.int64]


def mapped(path: Path) -> npt.NDArray[Any]:
    """A `.npy` file, memory-mapped, as a plain array (numpy's own class for it indexes slowly)."""
    array: npt.NDArray[Any] = np.load(path, mmap_mode="r" if path.stat().st_size > _EMPTY else None)
    array = array.view(np.ndarray)
    return array


def pack(ids: Sequence[str], width: int = 0) -> Bytes:
    """Ids as zero-padded bytes, shape (n,), of a width that is a multiple of 8.

    `width` 0 is as wide as the longest; otherwise longer ids are cut, so take one word more than needed.
    """
    width = width or max((len(item.encode()) for item in ids), default=1)
    kind = f"S{-(-max(width, 1) // _WORD) * _WORD}"
    try:
        return np.array(ids, dtype=kind)
    except UnicodeEncodeError:  # numpy takes ASCII only
        return np.array([item.encode() for item in ids], dtype=kind)


def hash_ids(ids: Bytes) -> npt.NDArray[np.uint64]:
    """64-bit hashes of packed ids, shape (n,); the padding does not count."""
    words = ids.view(np.uint64).reshape(len(ids), ids.dtype.itemsize // _WORD)
    total = np.zeros(len(ids), np.uint64)
    for i in range(words.shape[1]):
        word = words[:, i]
        # A zero word adds nothing, so padding is neutral; a factor by position tells "ab" from "ba".
        total += (word ^ (word >> np.uint64(29))) * np.uint64(_ODD[i % 4] + 2 * i)
    total ^= total >> np.uint64(32)
    total *= np.uint64(_ODD[1])
    total ^= total >> np.uint64(29)
    return total


@dataclass(frozen=True)
class IdIndex:
    """Immutable; safe to read from many threads. Arrays may be memory-mapped.

    `ids` S(width) (n,), in row order; `hashes` uint64 (n,) sorted; `order` int32 (n,) the row of each
    hash; `starts` int32 (2^bits + 1,).
    """

    ids: Bytes
    hashes: npt.NDArray[np.uint64]
    order: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]

    @classmethod
    def build(cls, ids: Sequence[str], column: str = "video_id") -> Self:
        """Index the ids; row i is `ids[i]`. `column` is what they are called in an error.

        Raises:
            InvalidInputError: An id is empty, too long or occurs twice.
        """
        packed = pack(ids)
        if packed.dtype.itemsize > MOST_ID_BYTES:
            longest = max(ids, key=lambda item: len(item.encode()))
            raise InvalidInputError(
                f"id [{longest[:40]}…] of [{len(longest.encode())}] bytes exceeds the limit of"
                f" [{MOST_ID_BYTES}]"
            )
        if (packed == b"").any():
            raise InvalidInputError(f"the id of row [{int(np.argmax(packed == b''))}] is empty")
        hashes = hash_ids(packed)
        order = np.argsort(hashes, kind="stable").astype(np.int32)
        hashes = hashes[order]
        # Four to eight buckets an id: most lookups end at the first probe.
        bits = max(1, int(np.ceil(np.log2(max(len(ids), 1)))) + 2)
        buckets = (hashes >> np.uint64(64 - bits)).astype(np.int64)
        starts = np.zeros((1 << bits) + 1, np.int32)
        starts[1:] = np.cumsum(np.bincount(buckets, minlength=1 << bits))
        _check_once(packed, hashes, order, ids, column)
        return cls(packed, hashes, order, starts)

    def rows(self, ids: Sequence[str]) -> Rows:
        """Row of each id, int64 (n,); -1 where unknown."""
        # One word more than the index's ids have: an id that is cut there is longer than any of them.
        probe = pack(ids, self.ids.dtype.itemsize + _WORD)
        return self.find(probe, hash_ids(probe))

    def find(self, probe: Bytes, hashes: npt.NDArray[np.uint64]) -> Rows:
        """`rows` of packed ids (n,) of any width and their hashes (n,); 500 in 10⁶ take about 50 µs."""
        if not len(self.ids) or not len(probe):
            return np.full(len(probe), UNKNOWN, np.int64)
        bits = (len(self.starts) - 1).bit_length() - 1
        bucket = (hashes >> np.uint64(64 - bits)).view(np.int64)
        at = np.minimum(self.starts[bucket], len(self.ids) - 1)
        end = self.starts[bucket + 1]
        left = np.flatnonzero(self.hashes[at] != hashes)
        while len(left):
            left = left[at[left] + 1 < end[left]]
            at[left] += 1
            left = left[self.hashes[at[left]] != hashes[left]]
        row = self.order[at]
        found = np.where(self.ids[row] == probe, row, UNKNOWN).astype(np.int64)
        collided = (found < 0) & (self.hashes[at] == hashes) & (at + 1 < end)
        for i in np.flatnonzero(collided).tolist():  # two ids of one 64-bit hash: once in a lifetime
            found[i] = self._scan(int(at[i]) + 1, int(end[i]), probe[i])
        return found

    def _scan(self, at: int, end: int, item: bytes) -> int:
        return next((int(row) for row in self.order[at:end] if self.ids[row] == item), UNKNOWN)

    def save(self, folder: Path) -> None:
        """Write `ids.npy`, `id_hashes.npy`, `id_order.npy`, `id_starts.npy`."""
        for name, array in self._files().items():
            np.save(folder / f"{name}.npy", array)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Memory-map what `save` wrote."""
        return cls(*(mapped(folder / f"{name}.npy") for name in _FILES))

    def _files(self) -> dict[str, npt.NDArray[Any]]:
        return dict(zip(_FILES, (self.ids, self.hashes, self.order, self.starts), strict=True))


_FILES: Final = ("ids", "id_hashes", "id_order", "id_starts")


def _check_once(
    packed: Bytes,
    hashes: npt.NDArray[np.uint64],
    order: npt.NDArray[np.int32],
    ids: Sequence[str],
    column: str,
) -> None:
    # Equal ids have equal hashes, so they stand in one run of the sorted hashes.
    equal = np.flatnonzero(hashes[1:] == hashes[:-1])
    for i in equal.tolist():
        if packed[order[i]] == packed[order[i + 1]]:
            raise InvalidInputError(f"{column} [{ids[int(order[i])]}] occurs twice; merge its rows first")
