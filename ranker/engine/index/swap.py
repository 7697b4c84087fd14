"""Make a generation live: writes replayed, ranker activated, alias moved at once."""

from dataclasses import dataclass

from ranker.engine.index.generation import Manifest, remove_folder
from ranker.engine.index.naming import index_of, pattern
from ranker.engine.index.replay import replay
from ranker.engine.index.site import Site
from ranker.engine.index.write_log import Position
from ranker.errors import EncoreError, InvalidInputError


@dataclass(frozen=True)
class Swap:
    """What a swap did. `replayed` writes had been accepted since the generation's source was read."""

    generation: str
    previous: str | None
    rows: int
    replayed: int


def swap(site: Site, generation: str | None = None) -> Swap:
    """Make a held generation live: the named one, else the one before the live one (a rollback).

    Raises:
        InvalidInputError: It is not held, or there is none to go back to.
        EncoreError: Index and columns disagree; nothing was changed.
    """
    with site.log.locked():
        live = site.live()
        held = site.history.names()
        target = generation or next((name for name in reversed(held) if name != live), None)
        if target is None:
            raise InvalidInputError(f"index [{site.index}] has no earlier generation to go back to")
        if target not in held:
            raise InvalidInputError(f"generation [{target}] is not held; there is [{', '.join(held)}]")
        manifest = Manifest.read(site.folder(target))
        _, replayed = replay(site, target, Position(manifest.writes_from, 0))
        return go_live(site, manifest, live, replayed)


def go_live(site: Site, manifest: Manifest, live: str | None, replayed: int) -> Swap:
    """Check, activate and move the alias; for the holder of the log's lock.

    The alias moves last: a failure before it leaves the old generation answering, which the ranker
    still holds.
    """
    name = manifest.generation
    documents = site.count(name)
    rows = site.ranker.activate(name)
    if documents != rows:
        raise EncoreError(
            f"generation [{name}] has [{documents}] documents and [{rows}] rows of columns; build it again"
        )
    actions = [{"add": {"index": name, "alias": site.index}}]
    if live is not None and live != name:
        actions.insert(0, {"remove": {"index": live, "alias": site.index}})
    site.rest.call("POST", "/_aliases", {"actions": actions})
    site.history.went_live(name)
    return Swap(name, live if live != name else None, rows, replayed)


def sweep(site: Site) -> list[str]:
    """Delete what belongs to no held generation: old ones, and leftovers of builds that were killed."""
    held = site.history.names()
    live = site.live()
    keep = {*held, *([live] if live else [])}
    found = site.rest.call(
        "GET", f"/{pattern(site.index)}", parameters={"filter_path": "*.settings.index.uuid"}
    )
    gone = [name for name in found if index_of(name) == site.index and name not in keep]
    for name in gone:
        site.rest.call("DELETE", f"/{name}", parameters={"ignore_unavailable": "true"})
    for name in site.history.others(keep):
        remove_folder(site.settings.generations, name)
        gone.append(name)
    starts = [Manifest.read(site.folder(name)).writes_from for name in held]
    if starts:
        site.log.forget_before(min(starts))
    return sorted(set(gone))
