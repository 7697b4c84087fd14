"""What a generation is built from: a sample world, or anybody's catalogue file."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from ranker.catalog.column_map import ColumnMap
from ranker.catalog.delimited import BadRow
from ranker.catalog.merge import BadRows, Report, gather
from ranker.catalog.reader import read_catalog
from ranker.catalog.source_file import Encoding, Progress
from ranker.catalog.video import COLUMN_NAMES
from ranker.text.words import DictionaryWord

_WIDEST_READ = 1 << 20


@dataclass(frozen=True)
class SearchLog:
    """Searches (`request_id, user_id, query, now, device`) and their exposures, as of the source's clock."""

    searches: pl.DataFrame
    exposures: pl.DataFrame


@dataclass(frozen=True)
class Source:
    """A catalogue, ready to be indexed.

    Attributes:
        name: For people.
        videos: The catalogue table, each id once.
        artists: `artist_id, name, aliases`, or None.
        songs: `song_id, title, artist_id, …`, or None.
        users: `user_id, age_band, city_tier, signup_at`, or None.
        log: What was searched, shown and clicked, or None.
        words: Names that segmentation keeps whole.
        clock_now_ms: The time of the source's own clock, UTC milliseconds; None: the wall clock's.
        report: What became of its rows.
        content: Changes when the source does.
    """

    name: str
    videos: pl.DataFrame
    artists: pl.DataFrame | None
    songs: pl.DataFrame | None
    users: pl.DataFrame | None
    log: SearchLog | None
    words: tuple[DictionaryWord, ...]
    clock_now_ms: int | None
    report: Report
    content: str


@dataclass(frozen=True)
class CatalogOptions:
    """How a catalogue file is read; see `read_catalog` and `gather`."""

    columns: ColumnMap | None = None
    encoding: Encoding = "utf-8"
    bad_rows: BadRows = "refuse"


def from_catalog(
    path: Path,
    options: CatalogOptions,
    scratch: Path,
    refused: Callable[[BadRow], None] | None = None,
    progress: Progress | None = None,
) -> Source:
    """Read a catalogue file; the dictionary's names are its uploaders.

    Args:
        path: The file.
        options: How to read it.
        scratch: A folder for the merged table.
        refused: Told of each bad row.
        progress: Told of the bytes read.

    Raises:
        InvalidInputError: As `read_catalog` and `gather`.
    """
    rows = read_catalog(path, options.columns, encoding=options.encoding, progress=progress)
    table = scratch / "catalogue.parquet"
    report = gather(rows, table, options.bad_rows, refused)
    videos = pl.read_parquet(table)
    pairs = options.columns.pairs if options.columns else ()
    return Source(
        name=path.name,
        videos=videos,
        artists=None,
        songs=None,
        users=None,
        log=None,
        words=tuple(DictionaryWord(name) for name in videos["uploader"].unique(maintain_order=True) if name),
        clock_now_ms=None,
        report=report,
        content=f"{_hash(path)} {pairs} {options.encoding}",
    )


def from_world(folder: Path) -> Source:
    """Read a sample world; the dictionary's names are its artists, their aliases and its songs.

    Raises:
        EncoreError: No world there.
    """
    from ranker.ranking.world_rows import dictionary_words  # the words that the models were trained with
    from ranker.world.store import World

    world = World.load(folder)
    videos = world.videos.select(COLUMN_NAMES)
    artists, songs = world.artists, world.songs
    count = videos.height
    return Source(
        name=f"world {folder.name}",
        videos=videos,
        artists=artists,
        songs=songs,
        users=world.users,
        log=SearchLog(world.searches, world.exposures),
        words=tuple(dictionary_words(world)),
        clock_now_ms=int(world.now_ms),
        report=Report(rows=count, indexed=count, merged=0, refused=0),
        content=_hash(folder / "manifest.json"),  # which holds the hash of every file
    )


def report_json(report: Report) -> dict[str, Any]:
    """The report as a JSON object."""
    return asdict(report)


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    for part in _parts(path):
        digest.update(part)
    return digest.hexdigest()


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(_WIDEST_READ):
            yield part
