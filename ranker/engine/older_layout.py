"""Moves what a data folder kept before there were two engines to where it lies now."""

import os
from pathlib import Path
from typing import Final, get_args

from ranker.engine.disk import disk_errors
from ranker.engine.plan import LOCK, lock_data
from ranker.settings import Engine, Settings

_NOW: Final = frozenset(get_args(Engine))


def move(settings: Settings) -> list[Path]:
    """Take what lies in `engine/`, `generations/` and `writes/` into their folder `elasticsearch`.

    Nothing is copied, and a second call finds nothing to do. For who holds the installation's lock, before
    anything of it runs.

    Returns:
        The new places.

    Raises:
        EncoreError: A node that somebody started by hand runs in the old place.
        MissingPartError: The folder cannot be written.
    """
    moved = []
    owner = settings.model_copy(update={"engine": "elasticsearch"})
    for place in (owner.engine_data, owner.generations, owner.writes):
        left = [path for path in _entries(place.parent) if path.name not in _NOW]
        if (place.parent / LOCK) in left:
            os.close(lock_data(place.parent))
        with disk_errors(place):
            for path in left:
                place.mkdir(exist_ok=True)
                moved.append(path.rename(place / path.name))
    return moved


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
