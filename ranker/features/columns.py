"""The ranker's columns of one generation: memory-mapped arrays by row, and what was written since.

A generation's folder holds `columns.json` (schema, rows, dictionary), `videos/` (one `.npy` a pack of
`layout.PACKS`, the id index, term counts, artists and songs) and, once something was written after the
build, `overlay.journal`.
"""

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import polars as pl

from ranker.catalog.video import Video, from_table
from ranker.errors import EncoreError
from ranker.features.derive import Deriver, Packs
from ranker.features.id_list import IdList
from ranker.features.identifiers import IdIndex, mapped
from ranker.features.layout import BLANKS, MOMENT_PACKS, PACKS, PLACES, SCHEMA, empty, get, put
from ranker.features.overlay import Change, Overlay
from ranker.features.terms import TermTable
from ranker.text.analyzer import Analyzer
from ranker.understanding.names import CatalogNames

MANIFEST: Final = "columns.json"
_BATCH: Final = 10_000
_TERM_COLUMNS: Final = ("title_terms", "tag_terms", "uploader_terms")
_KEPT: Final = ("history", "uploader_history", "artist_history")  # of a video that is written again
Progress = Callable[[int, int], None]


def write(
    table: pl.DataFrame,
    artists: pl.DataFrame | None,
    songs: pl.DataFrame | None,
    dictionary_dir: Path,
    target_dir: Path,
    *,
    analyzer: Analyzer | None = None,
    progress: Progress | None = None,
) -> int:
    """Write a generation's columns; returns the number of rows.

    Args:
        table: The catalogue (`ranker.catalog.video.schema()`); `video_id` is unique.
        artists: `artist_id, name, aliases`, or None for a bare catalogue.
        songs: `song_id, title, artist_id` and, where known, `album, language, style, lyrics_line`, or None.
        dictionary_dir: The dictionary's version folder.
        target_dir: The generation's folder; made if needed, nothing else in it is touched.
        analyzer: The dictionary's analyzer, where the caller has loaded it already.
        progress: Called with (rows done, rows in all).
    """
    analyzer = analyzer or Analyzer.load(dictionary_dir)
    folder = target_dir / "videos"
    folder.mkdir(parents=True, exist_ok=True)
    names = CatalogNames.make(artists, songs, analyzer)
    names.save(folder)
    IdIndex.build(table["video_id"].to_list()).save(folder)
    rows = len(table)
    files = {pack: _new_file(folder, pack, rows) for pack in PACKS}
    uploader = _write_uploaders(table["uploader_id"], folder / "uploaders")
    deriver = Deriver(analyzer, names)
    for start in range(0, rows, _BATCH):
        batch = list(from_table(table.slice(start, _BATCH)))
        for pack, cells in deriver.rows(batch).items():
            files[pack][start : start + len(batch)] = cells
        if progress:
            progress(start + len(batch), rows)
    put(files, "uploader", uploader)
    TermTable.count([get(files, name) for name in _TERM_COLUMNS], rows).save(folder)
    for array in files.values():
        if isinstance(array, np.memmap):
            array.flush()
    manifest = {
        "schema": SCHEMA,
        "rows": rows,
        "dictionary": analyzer.version,
        "dictionary_path": os.path.relpath(dictionary_dir, target_dir),
    }
    (target_dir / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    return rows


class VideoColumns:
    """Columns of videos by row, with an overlay of later writes.

    Rows `0 … built - 1` are memory-mapped, rows from `built` on lie in the overlay, -1 is an unknown id,
    whose cells are blank. One writer thread; any number of reader threads.
    """

    def __init__(
        self, folder: Path, manifest: dict[str, Any], dictionary_dir: Path, analyzer: Analyzer | None
    ) -> None:
        videos = folder / "videos"
        self.folder = folder
        self.dictionary: str = manifest["dictionary"]
        self.dictionary_dir = dictionary_dir
        self.built: int = manifest["rows"]
        self._index = IdIndex.open(videos)
        self.uploaders = IdIndex.open(videos / "uploaders")
        self.terms = TermTable.open(videos, self.built)
        self._packs: Packs = {pack: mapped(videos / f"{pack}.npy") for pack in PACKS}
        self._overlay = Overlay(folder, self.built, self._derive)
        self._deriver: Deriver | None = None
        self._names: CatalogNames | None = None
        self._analyzer = analyzer
        self._later_uploaders: dict[str, int] = {}
        self._built_rows: list[int] = []  # of each overlay row: the row of that id in the build, or -1
        self._overlay.replay()

    @classmethod
    def open(cls, folder: Path, dictionary_dir: Path | None = None, analyzer: Analyzer | None = None) -> Self:
        """Open a generation's folder.

        Args:
            folder: What `write` wrote.
            dictionary_dir: The dictionary's version folder, where it has moved since the build.
            analyzer: The dictionary's, where the caller has loaded it already.

        Raises:
            EncoreError: The folder holds no columns, or columns of another schema.
        """
        path = folder / MANIFEST
        if not path.is_file():
            raise EncoreError(f"[{folder}] holds no columns; build the index again")
        manifest = json.loads(path.read_text())
        if manifest.get("schema") != SCHEMA:
            raise EncoreError(
                f"the columns in [{folder}] have schema [{manifest.get('schema')}], this program reads"
                f" [{SCHEMA}]; build the index again"
            )
        return cls(
            folder, manifest, dictionary_dir or (folder / manifest["dictionary_path"]).resolve(), analyzer
        )

    @property
    def count(self) -> int:
        """Videos that can be found: built ones and later ones, without the deleted."""
        written = dict(self._overlay.rows)  # a copy: the writer may add to it meanwhile
        if not written:
            return self.built
        built = int((self._index.rows(list(written)) >= 0).sum())
        return self.built - built + sum(row >= 0 for row in written.values())

    @property
    def analyzer(self) -> Analyzer:
        """The generation's analyzer, loaded at first use (about a second)."""
        if self._analyzer is None:
            self._analyzer = Analyzer.load(self.dictionary_dir)
        return self._analyzer

    @property
    def names(self) -> CatalogNames:
        """The generation's artists and songs."""
        if self._names is None:
            self._names = CatalogNames.open(self.folder / "videos", self.analyzer)
        return self._names

    def rows(self, ids: Sequence[str]) -> npt.NDArray[np.int64]:
        """Row of each id, int64 (n,); -1 where unknown or deleted."""
        given = IdList.of(ids)
        rows = self._index.find(given.packed, given.hashes)
        if self._overlay.rows:
            self._overlay.find(ids, rows)
        return rows

    def ids(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bytes_]:
        """Ids of built rows, UTF-8."""
        return self._index.ids[rows]

    def take_pack(self, pack: str, rows: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        """Rows of a pack, (n, width); blank where the row is -1."""
        base = self._packs[pack]
        if not self.built:
            cells = empty(pack, len(rows))
        elif len(rows) and rows.min() >= 0 and rows.max() < self.built:
            return base[rows]
        else:
            cells = base[np.where((rows >= 0) & (rows < self.built), rows, 0)]
        cells[rows < 0] = BLANKS[pack]
        later = np.flatnonzero(rows >= self.built)
        if len(later):
            cells[later] = self._overlay.packs[pack][rows[later] - self.built]
        return cells

    def take(self, name: str, rows: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        """Cells of one column, (n,) or (n, width); blank where the row is -1."""
        place = PLACES[name]
        return self.take_pack(place.pack, rows)[:, place.at]

    def written_since(self, ids: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Whether each id was written or deleted after the build, (n,)."""
        return np.array([item in self._overlay.rows for item in ids], np.bool_)

    def later_rows(self) -> npt.NDArray[np.int64]:
        """Rows of the videos written after the build, int64 (n,)."""
        rows = [row for row in list(self._overlay.rows.values()) if row >= self.built]
        return np.array(rows, np.int64)

    def built_rows(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The row under which a video's statistics are kept: that of the build, -1 where it wasn't there."""
        later = np.flatnonzero(rows >= self.built)
        if not len(later):
            return rows
        built = rows.copy()
        built[later] = [self._built_rows[row - self.built] for row in rows[later].tolist()]
        return built

    def column(self, name: str) -> npt.NDArray[Any]:
        """The built part of a column, memory-mapped, (built,) or (built, width)."""
        return get(self._packs, name)

    def pack(self, name: str) -> npt.NDArray[Any]:
        """The built part of a pack, memory-mapped, (built, width)."""
        return self._packs[name]

    def upsert(self, videos: Sequence[Video]) -> None:
        """Write videos durably; visible on return. The statistics of a known id stay."""
        self._overlay.write([Change(do="upsert", video=video) for video in videos])

    def delete(self, ids: Sequence[str]) -> int:
        """Delete ids durably; returns how many were there."""
        known = int((self.rows(ids) >= 0).sum()) if ids else 0
        self._overlay.write([Change(do="delete", video_id=item) for item in ids])
        return known

    def close(self) -> None:
        """Release the overlay's log."""
        self._overlay.close()

    def _derive(self, videos: Sequence[Video]) -> Packs:
        if self._deriver is None:
            self._deriver = Deriver(self.analyzer, self.names)
        packs = self._deriver.rows(videos)
        put(packs, "uploader", [self._uploader(video.uploader_id) for video in videos])
        built = self._index.rows([video.video_id for video in videos])
        self._built_rows.extend(built.tolist())
        known = np.flatnonzero(built >= 0)
        for name in _KEPT:
            get(packs, name)[known] = self.column(name)[built[known]]
        return packs

    def _uploader(self, uploader_id: str) -> int:
        if not uploader_id:
            return -1
        row = int(self.uploaders.rows([uploader_id])[0])
        if row >= 0:
            return row
        return self._later_uploaders.setdefault(
            uploader_id, len(self.uploaders.ids) + len(self._later_uploaders)
        )


def write_moment(folder: Path, packs: Packs) -> None:
    """Replace the `moment_` packs of a written generation, before it is opened."""
    for pack in MOMENT_PACKS:
        np.save(folder / "videos" / f"{pack}.npy", packs[pack])


def _new_file(folder: Path, pack: str, rows: int) -> npt.NDArray[Any]:
    path = folder / f"{pack}.npy"
    if not rows:  # an empty file can't be mapped
        np.save(path, empty(pack, 0))
        return empty(pack, 0)
    return np.lib.format.open_memmap(path, "w+", np.dtype(PACKS[pack][0]), (rows, len(BLANKS[pack])))


def _write_uploaders(ids: pl.Series, folder: Path) -> npt.NDArray[np.int32]:
    folder.mkdir(exist_ok=True)
    distinct = ids.filter(ids != "").unique(maintain_order=True).to_list()
    IdIndex.build(distinct).save(folder)
    row_of = {item: row for row, item in enumerate(distinct)}
    return np.array([row_of.get(item, -1) for item in ids.to_list()], np.int32)
