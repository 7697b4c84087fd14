"""Build one generation: dictionary, index, columns, checks, replay, swap; or leave everything as it was."""

import fcntl
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ranker.catalog.video import from_table
from ranker.engine import dictionaries
from ranker.engine.disk import disk_errors
from ranker.engine.index import generation as generations
from ranker.engine.index import mapping
from ranker.engine.index.documents import index_actions
from ranker.engine.index.generation import Manifest
from ranker.engine.index.naming import content_key, generation_name
from ranker.engine.index.replay import replay
from ranker.engine.index.site import Progress, Site
from ranker.engine.index.source import Source, report_json
from ranker.engine.index.swap import Swap, go_live, sweep
from ranker.engine.index.warm_up import warm_up
from ranker.engine.index.write_log import Position
from ranker.errors import EncoreError
from ranker.features import columns, history, users
from ranker.features.layout import SCHEMA as COLUMNS_SCHEMA
from ranker.text import dictionary
from ranker.text.analyzer import Analyzer

_PART_ROWS = 5000  # titles encoded and documents sent at a time: 10 MB of vectors
SourceReader = Callable[[Path], Source]
"""Reads the source, given a scratch folder; called after writes go to a new segment of the log."""


@dataclass(frozen=True)
class Build:
    """What a build did; `unchanged`: the live generation is of the same content already."""

    manifest: Manifest
    live_rows: int
    replayed: int
    unchanged: bool
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """{"rows", "indexed", "merged", "refused", "generation", …}."""
        return {
            **self.manifest.report,
            "generation": self.manifest.generation,
            "dictionary": self.manifest.dictionary,
            "encoder": self.manifest.encoder,
            "live_rows": self.live_rows,
            "replayed": self.replayed,
            "unchanged": self.unchanged,
            "seconds": round(self.seconds, 1),
        }


def build(site: Site, read: SourceReader, progress: Progress, *, if_changed: bool = False) -> Build:
    """Build a generation from a source and make it live.

    A build that fails deletes what it made and leaves alias, index and ranker as they were; one that is
    killed leaves leftovers that nothing points to, which the next build deletes.

    Args:
        site: Where.
        read: The source.
        progress: Told of each stage.
        if_changed: Keep the live generation if it is of the same content.

    Raises:
        EncoreError: Another build runs, the source is refused, a part is missing, or counts disagree.
    """
    began = time.monotonic()
    with _one_build(site), _scratch(site) as scratch, disk_errors(site.settings.data):
        sweep(site)
        with site.log.locked():
            segment = site.log.begin_segment()
        source = read(scratch)
        progress("dictionary", 0, 1)
        version = dictionary.export(source.words, site.settings.dictionaries)
        progress("dictionary", 1, 1)
        content = content_key(
            {
                "source": source.content,
                "dictionary": version,
                "encoder": site.vectors.encoder.identity.as_json(),
                "mapping": mapping.version(site.settings.engine),
                "columns": COLUMNS_SCHEMA,
            }
        )
        unchanged = _same(site, content) if if_changed else None
        if unchanged is not None:
            # The ranker may have started, or models may have been published, since it was built.
            rows = site.ranker.activate(unchanged.generation)
            _warm_up(site, unchanged.generation, progress)
            return Build(unchanged, rows, 0, True, time.monotonic() - began)
        manifest = _plan(site, source, version, content, segment)
        site.folder(manifest.generation).mkdir(parents=True)
        try:
            _fill(site, source, manifest, progress)
            done = _finish(site, manifest, progress)
        except BaseException:
            _undo(site, manifest.generation)
            raise
        sweep(site)
    return Build(manifest, done.rows, done.replayed, False, time.monotonic() - began)


def _plan(site: Site, source: Source, version: str, content: str, segment: int) -> Manifest:
    now = time.time_ns() // 1_000_000
    return Manifest(
        schema=generations.SCHEMA,
        generation=generation_name(site.index, now, content),
        index=site.index,
        source=source.name,
        content=content,
        dictionary=version,
        encoder=site.vectors.encoder.identity.as_json(),
        rows=source.videos.height,
        clock_offset_ms=0 if source.clock_now_ms is None else source.clock_now_ms - now,
        writes_from=segment,
        built_at=now,
        report=report_json(source.report),
    )


def _fill(site: Site, source: Source, manifest: Manifest, progress: Progress) -> None:
    """Make and check index and columns of the source."""
    folder = site.folder(manifest.generation)
    words = site.settings.dictionaries / manifest.dictionary
    progress("dictionary to the engine", 0, 1)
    dictionaries.put(site.rest, words)
    progress("dictionary to the engine", 1, 1)
    made = mapping.Made(
        manifest.generation, manifest.dictionary, site.vectors.encoder.identity, manifest.clock_offset_ms
    )
    _index(site, source, made, progress)
    rows = _columns(source, words, folder, progress)
    documents = site.count(manifest.generation)
    if not documents == rows == source.report.indexed:
        raise EncoreError(
            f"the source has [{source.report.indexed}] videos, the index [{documents}] and the columns "
            f"[{rows}]; nothing was swapped"
        )
    manifest.write(folder)


def _columns(source: Source, words: Path, folder: Path, progress: Progress) -> int:
    """Write what the ranker reads: videos, listeners, and the statistics of the source's log."""
    analyzer = Analyzer.load(words)
    rows = columns.write(
        source.videos,
        source.artists,
        source.songs,
        words,
        folder,
        analyzer=analyzer,
        progress=lambda done, size: progress("columns", done, size),
    )
    users.write_users(source.users, folder)
    if source.log is not None:
        history.write_history(
            folder,
            source.log.searches,
            source.log.exposures,
            analyzer=analyzer,
            progress=lambda done, size: progress("statistics", done, size),
        )
    return rows


def _index(site: Site, source: Source, made: mapping.Made, progress: Progress) -> None:
    body = mapping.fill(made, site.settings.engine)
    settings = body["settings"]["index"]
    refresh_interval = settings["refresh_interval"]
    settings["refresh_interval"] = "-1"
    site.rest.call("PUT", f"/{made.generation}", body)
    size = source.videos.height
    done = 0
    progress("index", 0, size)
    for start in range(0, size, _PART_ROWS):
        videos = list(from_table(source.videos.slice(start, _PART_ROWS)))
        vectors = site.vectors.encode(
            [video.title for video in videos],
            lambda count, _, start=start: progress("vectors", start + count, size),  # type: ignore[misc]
        )
        for count in site.rest.bulk(made.generation, index_actions(videos, vectors)):
            done += count
            progress("index", done, size)
    restored = {"index": {"refresh_interval": refresh_interval}}
    site.rest.call("PUT", f"/{made.generation}/_settings", restored)


def _finish(site: Site, manifest: Manifest, progress: Progress) -> Swap:
    """Replay accepted writes until none is left, the last ones while no writer may come in; then swap."""
    if site.ranker.running:
        site.ranker.activate(manifest.generation)
    _warm_up(site, manifest.generation, progress)
    position = Position(manifest.writes_from, 0)
    position, first = replay(site, manifest.generation, position)
    with site.log.locked():
        position, last = replay(site, manifest.generation, position)
        progress("swap", 0, 1)
        done = go_live(site, manifest, site.live(), first + last)
    progress("swap", 1, 1)
    return done


def _warm_up(site: Site, generation: str, progress: Progress) -> None:
    if site.ranker.running:
        progress("warm-up", 0, 1)
        warm_up(site.rest, generation)
        progress("warm-up", 1, 1)


def _same(site: Site, content: str) -> Manifest | None:
    live = site.live()
    if live is None or live not in site.history.names():
        return None
    manifest = Manifest.read(site.folder(live))
    return manifest if manifest.content == content else None


def _undo(site: Site, name: str) -> None:
    """Delete what a failed build made, unless the alias has come to point to it."""
    with suppress(EncoreError):
        live = site.live()
        if live == name:
            return
        if live is not None and name in site.ranker.held():
            site.ranker.activate(live)
        site.rest.call("DELETE", f"/{name}", parameters={"ignore_unavailable": "true"})
    generations.remove_folder(site.settings.generations, name)


@contextmanager
def _one_build(site: Site) -> Iterator[None]:
    folder = site.settings.generations
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{site.index}.build.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EncoreError(f"another build of [{site.index}] runs; wait for it") from None
        yield


@contextmanager
def _scratch(site: Site) -> Iterator[Path]:
    """A folder for this build; what killed builds left of theirs is deleted first (one build at a time)."""
    prefix = f".{site.index}.scratch-"
    for left in site.settings.generations.glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(prefix=prefix, dir=site.settings.generations))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
