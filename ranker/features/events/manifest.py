"""Which Parquet files count, and up to which position they hold the log: one file, replaced at once."""

from pathlib import Path
from typing import Final

import msgspec

from ranker.catalog.whole_file import write_whole
from ranker.errors import EncoreError
from ranker.features.events import position as at

SCHEMA: Final = 1
FILE: Final = "compaction.json"
PARQUET: Final = "parquet"


class CompactedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One Parquet file: of one day, of the log's events behind `after` up to `until`.

    `path` is relative to the folder `parquet`: `day=2026-01-31/<after>-<until>.parquet`.
    """

    path: str
    after: int
    until: int
    rows: int

    @property
    def day(self) -> str:
        """YYYY-MM-DD, in the configured zone, of `received_time`."""
        return self.path.split("/")[0].removeprefix("day=")


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The state of compaction; files in the order of positions.

    `until`: what they hold of the log. `pruned`: up to where its segments may be deleted already.
    """

    schema: int = SCHEMA
    until: int = at.START
    pruned: int = at.START
    files: tuple[CompactedFile, ...] = ()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an event log's folder; nothing is compacted where there is none.

    Raises:
        EncoreError: It is of another schema, or none.
    """
    path = folder / FILE
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Manifest()
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except msgspec.MsgspecError as error:
        raise EncoreError(f"[{path}] is wrong: [{error}]; restore it") from None
    if manifest.schema != SCHEMA:
        raise EncoreError(f"[{path}] has schema [{manifest.schema}], not [{SCHEMA}]; use a newer Encore")
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace it; durable on return."""
    write_whole(folder / FILE, msgspec.json.encode(manifest))
