"""Bring a generation up to date with the writes that were accepted since its source was read."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from ranker.catalog.video import Video
from ranker.engine.index.documents import index_actions
from ranker.engine.index.site import Site
from ranker.engine.index.write_log import Position
from ranker.features.overlay import Change
from ranker.recall.vector_cache import VectorCache

_BATCH = 1000


def replay(site: Site, generation: str, since: Position) -> tuple[Position, int]:
    """Apply accepted writes from `since` on to index and columns; returns how far, and how many.

    Writes are whole records, so applying one twice changes nothing.
    """
    position, count = since, 0
    entries = site.log.read(since)
    while batch := list(islice(entries, _BATCH)):
        changes = [change for _, change in batch]
        write_index(site, generation, changes)
        site.ranker.write(generation, changes)
        position = batch[-1][0]
        count += len(batch)
    return position, count


def write_index(site: Site, generation: str, changes: Sequence[Change]) -> None:
    """Apply changes to a generation's index, in their order; visible after a refresh."""
    for _ in site.rest.bulk(generation, actions(changes, site)):
        pass


def actions(changes: Sequence[Change], site: Site) -> Iterator[tuple[dict[str, Any], bytes | None]]:
    """Bulk actions of changes; the encoder is opened only if there is a title to encode."""
    videos = [change.video for change in changes if change.video is not None]
    written = iter(_written(videos, site.vectors)) if videos else iter(())
    for change in changes:
        if change.do == "upsert":
            yield next(written)
        else:
            yield {"delete": {"_id": change.id}}, None


def _written(videos: Sequence[Video], vectors: VectorCache) -> Iterator[tuple[dict[str, Any], bytes]]:
    return index_actions(videos, vectors.encode([video.title for video in videos]))
