"""A generation's folder beside the engine's index: its manifest, and which generations are held."""

import json
import shutil
from pathlib import Path
from typing import Any, Self

import msgspec

from ranker.catalog.whole_file import write_whole
from ranker.engine.index.naming import index_of
from ranker.errors import InvalidInputError

SCHEMA = 1
HELD = 2  # the live one and the one before it, as the ranker holds them
_MANIFEST = "manifest.json"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What one generation is, as `generations/NAME/manifest.json` keeps it.

    Attributes:
        content: Key of what it was made of; a build of the same is not needed.
        rows: Videos at the end of the build, replayed writes included.
        clock_offset_ms: The world's clock minus the wall clock; 0 for a real catalogue.
        writes_from: Segment of the log of writes whose changes came after the source was read.
        report: rows, indexed, merged, refused of the source.
    """

    schema: int
    generation: str
    index: str
    source: str
    content: str
    dictionary: str
    encoder: dict[str, Any]
    rows: int
    clock_offset_ms: int
    writes_from: int
    built_at: int
    report: dict[str, int]

    def write(self, folder: Path) -> None:
        """Keep it in the generation's folder; the folder counts as a generation from then on."""
        write_whole(folder / _MANIFEST, msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The manifest of a generation's folder.

        Raises:
            InvalidInputError: None there, or of another schema.
        """
        try:
            manifest = msgspec.json.decode((folder / _MANIFEST).read_bytes(), type=cls)
        except (OSError, msgspec.MsgspecError) as error:
            raise InvalidInputError(f"[{folder.name}] is no generation here: {error}") from None
        if manifest.schema != SCHEMA:
            raise InvalidInputError(
                f"generation [{folder.name}] has schema [{manifest.schema}] and [{SCHEMA}] is read: "
                "build the index again"
            )
        return manifest


class History:
    """Which generations of an index went live, oldest first: `generations/INDEX.history.json`."""

    def __init__(self, generations: Path, index: str) -> None:
        self._generations = generations
        self._index = index
        self._path = generations / f"{index}.history.json"

    def names(self) -> list[str]:
        """Generations that are held: at most `HELD`, the last is live."""
        if not self._path.exists():
            return []
        names: list[str] = json.loads(self._path.read_text("utf-8"))
        return [name for name in names if (self._generations / name / _MANIFEST).is_file()]

    def went_live(self, name: str) -> None:
        """Note that the alias points to it now."""
        names = [other for other in self.names() if other != name] + [name]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._path, (json.dumps(names[-HELD:]) + "\n").encode())

    def others(self, keep: set[str]) -> list[str]:
        """Folders of this index's generations that are not in `keep`: old ones and leftovers."""
        folders = self._generations.iterdir() if self._generations.is_dir() else ()
        return sorted(
            path.name for path in folders if index_of(path.name) == self._index and path.name not in keep
        )


def remove_folder(generations: Path, name: str) -> None:
    """Delete a generation's folder; harmless when it is gone. What a ranker has mapped stays open to it."""
    if index_of(name) is not None:
        shutil.rmtree(generations / name, ignore_errors=True)
