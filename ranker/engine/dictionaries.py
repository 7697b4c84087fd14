"""Puts exported dictionaries where the engine's plugin reads them."""

from pathlib import Path

from ranker.engine.disk import link_or_copy, whole_folder
from ranker.settings import Settings


def configuration(settings: Settings) -> Path:
    """The node's configuration folder, which the plugin may read."""
    return settings.engine_data.resolve() / "config"


def place(settings: Settings, version: str) -> Path:
    """Where the node's copy of a dictionary version lies, or would lie."""
    return configuration(settings) / "encore" / "dictionary" / version


def install(settings: Settings, dictionary: Path) -> Path:
    """Makes the dictionary folder `VERSION` available to the node; idempotent, for a version never changes.

    The files are hard links or copies: the engine lets a plugin read its configuration folder and follows no
    link out of it. The folder appears whole; a running node finds it when an index first names the version.
    """
    target = place(settings, dictionary.name)
    with whole_folder(target) as folder:
        if folder is not None:
            for file in dictionary.iterdir():
                link_or_copy(file, folder / file.name)
    return target


def exported(settings: Settings) -> list[Path]:
    """Every dictionary version of this installation, whole ones only."""
    if not settings.dictionaries.is_dir():
        return []
    return sorted(path.parent for path in settings.dictionaries.glob("[!.]*/manifest.json"))
