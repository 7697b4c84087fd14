"""The generations that the ranker holds: two, so that a swap and its rollback are safe."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from ranker.catalog.video import Video
from ranker.errors import EncoreError, InvalidInputError
from ranker.features.columns import VideoColumns
from ranker.serving.scorer import Pipeline

_ACTIVE: Final = "active.json"
_MOST_HELD: Final = 2
_decode_videos = msgspec.json.Decoder(list[Video]).decode
_decode_ids = msgspec.json.Decoder(list[str]).decode


class UnknownGenerationError(EncoreError):
    """No such generation is held."""


class HeldGeneration(Pipeline, Protocol):
    """A loaded generation: its columns and its way of scoring."""

    columns: VideoColumns
    clock_offset_milliseconds: int

    def reindex(self, ids: list[str]) -> None:
        """Bring what is derived by models (item vectors) up to date with written videos."""
        ...

    def close(self) -> None:
        """Release files."""
        ...


class Generations:
    """Loads, keeps and mends generations; names survive a restart in `active.json`.

    Args:
        folder: Where generations lie, one folder a name.
        load: Opens one, off the event loop; called again to take up newly published models.
    """

    def __init__(self, folder: Path, load: Callable[[Path], HeldGeneration]) -> None:
        self._folder = folder
        self._load = load
        self._held: OrderedDict[str, HeldGeneration] = OrderedDict()
        self._changing = asyncio.Lock()

    async def restore(self) -> list[str]:
        """Load what was held before the last stop; returns the names that could not be loaded."""
        path = self._folder / _ACTIVE
        names: list[str] = json.loads(path.read_text()) if path.exists() else []
        failed = []
        for name in names:
            try:
                await self.activate(name)
            except EncoreError:
                failed.append(name)
        return failed

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
        """The newest generation's offset from the wall clock; 0 while there is none."""
        newest = next(reversed(self._held.values()), None)
        return newest.clock_offset_milliseconds if newest else 0

    def describe(self) -> list[dict[str, Any]]:
        """Name, rows and model versions of each, newest last."""
        return [
            {"generation": name, "rows": held.columns.count, "versions": held.versions}
            for name, held in self._held.items()
        ]

    async def activate(self, name: str) -> dict[str, Any]:
        """Load a generation (anew, if it is held) and make it the newest; the oldest beyond two is let go."""
        folder = self._folder / name
        if "/" in name or name in ("", ".", "..") or not (folder / "manifest.json").is_file():
            raise InvalidInputError(f"generation [{name}] has no folder here; build it first")
        async with self._changing:
            before = self._held.pop(name, None)
            if before is not None:
                # Both would write the same overlay; the new one replays what the old one wrote.
                before.columns.close()
            try:
                loaded = await asyncio.to_thread(self._load, folder)
            except BaseException:
                if before is not None:
                    self._held[name] = before
                raise
            self._held[name] = loaded
            while len(self._held) > _MOST_HELD:
                _, oldest = self._held.popitem(last=False)
                oldest.close()
            self._remember()
        return {"generation": name, "rows": loaded.columns.count, "versions": loaded.versions}

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
        path = self._folder / _ACTIVE
        temporary = path.with_suffix(".tmp")
        temporary.write_text(json.dumps(list(self._held)))
        temporary.replace(path)

    def close(self) -> None:
        """Let all go."""
        for held in self._held.values():
            held.close()
        self._held.clear()
