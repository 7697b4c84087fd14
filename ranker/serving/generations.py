"""The generations that the ranker holds: two an index, so that a swap and its rollback are safe."""

import asyncio
import gc
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from ranker.catalog.video import Video
from ranker.catalog.whole_file import write_whole
from ranker.errors import EncoreError, InvalidInputError
from ranker.features.columns import VideoColumns
from ranker.serving.scorer import Pipeline
from ranker.understanding.planner import Planner

_log = logging.getLogger(__name__)
_ACTIVE: Final = "active.json"
_HELD_AN_INDEX: Final = 2
_MOST_HELD: Final = 16  # all indices together; each costs memory for its names and its analyzer
_decode_videos = msgspec.json.Decoder(list[Video]).decode
_decode_ids = msgspec.json.Decoder(list[str]).decode


class _Offset(msgspec.Struct):
    clock_offset_ms: int


def offset_of_newest(folder: Path) -> int:
    """Offset from the wall clock, milliseconds, of the generation that a ranker here held last; else 0.

    Events may come before it is loaded, or while no ranker runs: they are received by its clock.
    """
    try:
        names = msgspec.json.decode((folder / _ACTIVE).read_bytes(), type=list[str])
        manifest = (folder / names[-1] / "manifest.json").read_bytes()
        return msgspec.json.decode(manifest, type=_Offset).clock_offset_ms
    except (OSError, IndexError, msgspec.MsgspecError):
        return 0


class UnknownGenerationError(EncoreError):
    """No such generation is held."""


class HeldGeneration(Pipeline, Protocol):
    """A loaded generation: its columns and its way of scoring."""

    index: str
    columns: VideoColumns
    planner: Planner
    clock_offset_milliseconds: int

    def reindex(self, ids: list[str]) -> None:
        """Bring what is derived by models (item vectors) up to date with written videos."""
        ...

    def close(self) -> None:
        """Release files."""
        ...


Load = Callable[[Path, HeldGeneration | None], Awaitable[HeldGeneration]]


class Generations:
    """Loads, keeps and mends generations; names survive a restart in `active.json`.

    Args:
        folder: Where generations lie, one folder a name.
        load: Opens one, or makes a held one anew with the models of now: the second argument, which
            goes on answering meanwhile and shares its columns with the new one.

    Attributes:
        restoring: Whether what was held before the last stop is still being loaded.
    """

    def __init__(self, folder: Path, load: Load) -> None:
        self._folder = folder
        self._load = load
        self._held: OrderedDict[str, HeldGeneration] = OrderedDict()
        self._changing = asyncio.Lock()
        self._filling = asyncio.Lock()
        self._absent: list[str] = []  # held before the last stop, and not loaded so far
        self.restoring = False
        self._offset_at_start = offset_of_newest(folder)
        self._tried: dict[str, str] = {}  # the models with which that was tried

    async def restore(self) -> list[str]:
        """Load what was held before the last stop, the newest first; returns what could not be loaded.

        Requests may come meanwhile: those of a generation that is not there yet fall back.
        """
        try:
            self._absent = msgspec.json.decode((self._folder / _ACTIVE).read_bytes(), type=list[str])
        except FileNotFoundError:
            return []
        except (OSError, msgspec.MsgspecError) as error:
            _log.error("[%s] can't be read, so no generation is loaded: [%s]", self._folder / _ACTIVE, error)
            return []
        self.restoring = True
        try:
            await self._hold_absent()
        finally:
            self.restoring = False
        return list(self._absent)

    async def take_up(self, versions: Mapping[str, str]) -> None:
        """Make every generation anew that answers by other model versions than these.

        Requests go on by the old ones until the new ones are whole. What could not be loaded at the
        start, for want of models, is tried again.
        """
        if versions != self._tried:
            self._tried = dict(versions)
            await self._hold_absent()
        for name, held in list(self._held.items()):
            if any(held.versions.get(model) != version for model, version in versions.items()):
                async with self._changing:
                    if name in self._held:
                        self._held[name] = await self._load(self._folder / name, self._held[name])

    async def _hold_absent(self) -> None:
        async with self._filling:  # the start and newly published models both come here
            for name in reversed(list(self._absent)):
                try:
                    if name not in self._held:
                        await self._hold(name, first=True)
                except (EncoreError, OSError, ValueError) as error:
                    _log.warning("generation [%s] could not be loaded: %s", name, error)
                else:
                    self._absent.remove(name)

    def find(self, name: str) -> HeldGeneration:
        """The generation of this name; the newest for an empty name.

        Raises:
            UnknownGenerationError: It is not held.
        """
        held = self._held.get(name) if name else next(reversed(self._held.values()), None)
        if held is None:
            raise UnknownGenerationError(f"generation [{name}] is not held; activate it first")
        return held

    @property
    def clock_offset_milliseconds(self) -> int:
        """The newest generation's offset from the wall clock, loaded or still to be; 0 if there is none."""
        newest = next(reversed(self._held.values()), None)
        return newest.clock_offset_milliseconds if newest else self._offset_at_start

    def describe(self) -> list[dict[str, Any]]:
        """Name, rows and model versions of each, newest last."""
        return [
            {"generation": name, "rows": held.columns.count, "versions": held.versions}
            for name, held in self._held.items()
        ]

    async def activate(self, name: str) -> dict[str, Any]:
        """Load a generation (anew, if it is held) and make it the newest; its index's third oldest is let go.

        Raises:
            InvalidInputError: There is no such generation, or too many are held.
        """
        loaded = await self._hold(name)
        self._remember()
        return {"generation": name, "rows": loaded.columns.count, "versions": loaded.versions}

    async def _hold(self, name: str, *, first: bool = False) -> HeldGeneration:
        """Load it as the newest, or as the oldest if it comes `first`."""
        folder = self._folder / name
        if "/" in name or name in ("", ".", "..") or not (folder / "manifest.json").is_file():
            raise InvalidInputError(f"generation [{name}] has no folder here; build it first")
        async with self._changing:
            if name not in self._held and len(self._held) >= _MOST_HELD:
                raise InvalidInputError(
                    f"[{len(self._held)}] generations are held, the limit; delete an index to make room"
                )
            # One that is held answers until the new one is whole.
            loaded = self._held[name] = await self._load(folder, self._held.get(name))
            self._held.move_to_end(name, last=not first)
            of_index = [key for key, held in self._held.items() if held.index == loaded.index]
            for oldest in of_index[:-_HELD_AN_INDEX]:
                self._held.pop(oldest).close()
            # Dictionaries and names are millions of objects that live long: a collection that walks
            # them all in the middle of a request would cost it tens of milliseconds.
            gc.unfreeze()
            gc.collect()
            gc.freeze()
        return loaded

    async def upsert(self, name: str, body: bytes) -> int:
        """Write videos (a JSON list) to a generation's columns; durable and visible on return."""
        try:
            videos = _decode_videos(body)
        except msgspec.MsgspecError as error:
            raise InvalidInputError(f"the videos are wrong: [{error}]") from None
        async with self._changing:
            held = self.find(name)
            await asyncio.to_thread(held.columns.upsert, videos)
            await asyncio.to_thread(held.reindex, [video.video_id for video in videos])
        return len(videos)

    async def delete(self, name: str, body: bytes) -> int:
        """Delete ids (a JSON list) from a generation's columns; returns how many were there."""
        try:
            ids = _decode_ids(body)
        except msgspec.MsgspecError as error:
            raise InvalidInputError(f"the ids are wrong: [{error}]") from None
        async with self._changing:
            return await asyncio.to_thread(self.find(name).columns.delete, ids)

    def _remember(self) -> None:
        absent = [name for name in self._absent if name not in self._held]
        write_whole(self._folder / _ACTIVE, msgspec.json.encode([*absent, *self._held]))

    def close(self) -> None:
        """Let all go."""
        for held in self._held.values():
            held.close()
        self._held.clear()
