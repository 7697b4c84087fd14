"""A sample world with more or fewer videos: what benches of a large and a small index are built from."""

import json
from pathlib import Path
from typing import Final

import polars as pl

from ranker.world.store import World

_MANIFEST: Final = "manifest.json"
_VIDEOS: Final = "videos"


def sized_world(world: Path, count: int, target: Path) -> Path:
    """The same artists, listeners and log, with `count` videos: the first, or all again under further ids.

    Exposures of videos that are left out don't count when an index is built. A world that was made before is
    made anew only where the original has changed.

    Args:
        world: The original's folder.
        count: Videos wanted.
        target: Where the new world goes; its tables but one are links to the original's.
    """
    original = World.load(world)
    told = original.manifest | {"videos": count, "sized_from": str(world.resolve())}
    manifest = target / _MANIFEST
    if manifest.is_file() and json.loads(manifest.read_text()) == told:
        return target
    target.mkdir(parents=True, exist_ok=True)
    manifest.unlink(missing_ok=True)
    for path in world.iterdir():
        link = target / path.name
        if path.name != _MANIFEST and path.stem != _VIDEOS:
            link.unlink(missing_ok=True)
            link.symlink_to(path.resolve())
    _repeated(original.videos, count).write_parquet(target / f"{_VIDEOS}.parquet")
    manifest.write_text(json.dumps(told))
    return target


def _repeated(videos: pl.DataFrame, count: int) -> pl.DataFrame:
    again = [videos]
    while sum(map(len, again)) < count:
        suffix = f"-{len(again) + 1}"
        again.append(videos.with_columns(pl.col("video_id") + suffix))
    return pl.concat(again).head(count)
