"""The tables `requests` and `snapshots` of a root folder, and the manifest that names their files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

import msgspec
import polars as pl

from ranker.catalog.whole_file import write_whole
from ranker.errors import InvalidInputError
from ranker.features.snapshots.files import TableFile, locked, scan, sweep
from ranker.features.snapshots.frames import REQUESTS

SCHEMA: Final = 1
REQUESTS_FOLDER: Final = "requests"
SNAPSHOTS_FOLDER: Final = "snapshots"
_FILE: Final = "compaction.json"
_DAY_MS: Final = 86_400_000


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is valid: read up to `until`, a position in the log; `lost` files were gone before they were read.

    `absent` names what the source of the tables doesn't know: outcomes (`favorite`), feature families.
    """

    schema: int = SCHEMA
    until: int = 0
    lost: int = 0
    requests: tuple[TableFile, ...] = ()
    snapshots: tuple[TableFile, ...] = ()
    absent: tuple[str, ...] = ()


_decode = msgspec.json.Decoder(Manifest).decode


class Tables:
    """The tables as of one moment. Immutable: a later compaction is seen by opening again.

    Args:
        root: Has `requests/day=…` and `snapshots/day=…`, the manifest in the latter's folder.
        manifest: Which files count.
    """

    def __init__(self, root: Path, manifest: Manifest) -> None:
        self.root = root
        self.manifest = manifest

    @classmethod
    def open(cls, root: Path) -> Self:
        """Read the manifest; a root without one has empty tables.

        Raises:
            InvalidInputError: It is of another schema, or damaged.
        """
        path = root / SNAPSHOTS_FOLDER / _FILE
        if not path.exists():
            return cls(root, Manifest())
        try:
            manifest = _decode(path.read_bytes())
        except msgspec.MsgspecError as error:
            raise InvalidInputError(f"[{path}] is no manifest of snapshots: [{error}]") from None
        if manifest.schema != SCHEMA:
            raise InvalidInputError(
                f"the snapshots in [{path}] have schema [{manifest.schema}], this program reads [{SCHEMA}]"
            )
        return cls(root, manifest)

    def commit(self, manifest: Manifest) -> None:
        """Make another manifest the valid one, at once and durably."""
        write_whole(self.root / SNAPSHOTS_FOLDER / _FILE, msgspec.json.encode(manifest))
        self.manifest = manifest

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one writer, as soon as the one before has finished; begins with what it has left."""
        with locked(self.root / SNAPSHOTS_FOLDER / "compaction.lock", wait=True, what="snapshots"):
            self.manifest = type(self).open(self.root).manifest
            sweep(self.root, REQUESTS_FOLDER, self.manifest.requests)
            sweep(self.root, SNAPSHOTS_FOLDER, self.manifest.snapshots)
            yield

    def requests(self, first: int, last: int) -> pl.LazyFrame:
        """Requests with `first` ≤ `now` ≤ `last`, one row each; columns of `frames.REQUESTS`."""
        found = scan(self.root, self.manifest.requests, first, last)
        return found if found.collect_schema().names() else pl.LazyFrame(schema=REQUESTS)

    def snapshots(self, first: int, last: int) -> pl.LazyFrame:
        """Candidates of requests with `first` ≤ `now` ≤ `last`, in the order of the log."""
        return scan(self.root, self.manifest.snapshots, first, last)

    def known(self, request_ids: pl.Series, first: int, last: int) -> set[str]:
        """Which of these requests are there, looking from a day before `first` to a day after `last`."""
        rows = self.requests(first - _DAY_MS, last + _DAY_MS).select("request_id")
        found = rows.join(pl.LazyFrame({"request_id": request_ids}), on="request_id", how="semi")
        return set(found.collect(engine="streaming")["request_id"].to_list())
