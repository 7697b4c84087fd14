"""Upsert and delete: in the index, in the ranker's columns and in the log, before the call returns."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ranker.catalog.video import Video
from ranker.engine.index.ranker_door import deletes, upserts
from ranker.engine.index.replay import write_index
from ranker.engine.index.site import Site
from ranker.errors import EncoreError
from ranker.features.overlay import Change

_BATCH = 1000  # at most so many change at once; a long file gives way to other writers in between


@dataclass(frozen=True)
class Written:
    """What became of writes, accepted and visible. `ranker`: "running", or "offline" (columns on disk)."""

    generation: str
    upserted: int
    deleted: int
    unknown: int
    ranker: str
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The same as a JSON object."""
        return asdict(self) | {"seconds": round(self.seconds, 3)}


def upsert(site: Site, videos: Sequence[Video]) -> Written:
    """Write whole videos to the live generation; a known id is replaced.

    Raises:
        EncoreError: No index yet; the engine or the ranker refused (then try again: nothing is logged
            as accepted, and a write applied twice changes nothing).
    """
    began = time.monotonic()
    generation = site.live_manifest().generation
    # Before the lock: others may write while titles are encoded, and the cache has the vectors then.
    site.vectors.encode([video.title for video in videos])
    for start in range(0, len(videos), _BATCH):
        generation = _accept(site, upserts(videos[start : start + _BATCH]))
    return Written(generation, len(videos), 0, 0, _ranker(site), time.monotonic() - began)


def delete(site: Site, ids: Sequence[str]) -> Written:
    """Delete ids from the live generation; ids that it does not hold are counted as `unknown`."""
    began = time.monotonic()
    generation = site.live_manifest().generation
    wanted = list(dict.fromkeys(ids))
    known = 0
    for start in range(0, len(wanted), _BATCH):
        part = wanted[start : start + _BATCH]
        query = {"query": {"ids": {"values": part}}}
        known += int(site.rest.call("POST", f"/{generation}/_count", query)["count"])
        generation = _accept(site, deletes(part))
    return Written(generation, 0, known, len(wanted) - known, _ranker(site), time.monotonic() - began)


def _accept(site: Site, changes: Sequence[Change]) -> str:
    """Apply changes everywhere; the log comes last, so what it holds is everywhere (see `write_log`)."""
    with site.log.locked():
        manifest = site.live_manifest()
        made_by = site.vectors.encoder.identity if any(c.do == "upsert" for c in changes) else None
        if made_by is not None and made_by.version != manifest.encoder["version"]:
            raise EncoreError(
                f"[{manifest.generation}] has vectors of encoder [{manifest.encoder['version']}] and "
                f"[{made_by.version}] is here now; build the index again"
            )
        write_index(site, manifest.generation, changes)
        site.rest.call("POST", f"/{manifest.generation}/_refresh")
        site.ranker.write(manifest.generation, changes)
        site.log.append(changes)
    return manifest.generation


def _ranker(site: Site) -> str:
    return "running" if site.ranker.running else "offline"
