"""Vectors of query texts: computed off the event loop, each once, by the encoder of the index's titles."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Protocol

from ranker.errors import MissingPartError
from ranker.recall.encoder import TitleEncoder, Vectors, read_identity
from ranker.serving.metrics import Metrics
from ranker.understanding.plan import encode_vector

_log = logging.getLogger(__name__)
_Key = tuple[str, str]  # version of the encoder, text


class Encoder(Protocol):
    """As `ranker.recall.encoder.TitleEncoder`."""

    def encode(self, texts: list[str]) -> Vectors:
        """Unit vectors, float32 (n, dimensions)."""
        ...


class QueryVectors:
    """Encodes for every generation held. Lives on one event loop; computes in one thread of its own.

    Args:
        folder: Holds one folder an encoder, as `ranker.engine.encoder` makes it.
        metrics: Counts vectors by how they came about.
        load: Opens an encoder's folder.
        most_texts: Vectors kept, 3 KB each.
        most_waiting: Texts that may wait for the thread; each takes some milliseconds.
    """

    def __init__(
        self,
        folder: Path,
        metrics: Metrics,
        load: Callable[[Path], Encoder] = TitleEncoder.open,
        most_texts: int = 10_000,
        most_waiting: int = 16,
    ) -> None:
        self._folder = folder
        self._metrics = metrics
        self._load = load
        self._most_texts: Final = most_texts
        self._most_waiting: Final = most_waiting
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="query-vectors")
        self._encoders: dict[str, Encoder | None] = {}
        self._kept: OrderedDict[_Key, str] = OrderedDict()
        self._waiting: dict[_Key, asyncio.Task[str | None]] = {}

    async def prepare(self, version: str) -> None:
        """Load an encoder and use it, so that no request waits for that; one that isn't here is logged.

        One that was missing is looked for again: it may have come with a newer index.
        """
        if version:
            if self._encoders.get(version) is None:
                self._encoders.pop(version, None)
            await asyncio.get_running_loop().run_in_executor(self._thread, self._encode, version, "晴天")

    async def vector(self, version: str, text: str, timeout_seconds: float) -> str | None:
        """The text's unit vector, as a plan has it; None where there is no encoder or no time for it.

        One that comes too late is kept for the next who asks.
        """
        key = (version, text)
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return self._counted("kept", kept)
        task = self._waiting.get(key)
        if task is None:
            if not version or (version in self._encoders and self._encoders[version] is None):
                return self._counted("no_encoder")
            if len(self._waiting) >= self._most_waiting:
                return self._counted("refused")
            task = self._waiting[key] = asyncio.create_task(self._compute(key))
        try:
            found = await asyncio.wait_for(asyncio.shield(task), timeout_seconds)
        except TimeoutError:
            return self._counted("late")
        return self._counted("computed" if found else "no_encoder", found)

    async def _compute(self, key: _Key) -> str | None:
        try:
            loop = asyncio.get_running_loop()
            vector = await loop.run_in_executor(self._thread, self._encode, *key)
        except (
            Exception
        ):  # a text that the encoder can't take must not be tried without end, nor kill a search
            _log.exception("a text of [%d] characters could not be encoded", len(key[1]))
            return None
        finally:
            del self._waiting[key]
        if vector is not None:
            self._kept[key] = vector
            if len(self._kept) > self._most_texts:
                self._kept.popitem(last=False)
        return vector

    def _encode(self, version: str, text: str) -> str | None:
        encoder = self._encoder(version)
        return None if encoder is None else encode_vector(encoder.encode([text])[0])

    def _encoder(self, version: str) -> Encoder | None:
        """Loaded at first use; in the thread only."""
        if version not in self._encoders:
            folder = self._find(version)
            if folder is None:
                _log.warning("encoder [%s] is not in [%s]: plans have no vector", version, self._folder)
            self._encoders[version] = None if folder is None else self._load(folder)
        return self._encoders[version]

    def _find(self, version: str) -> Path | None:
        for manifest in sorted(self._folder.glob("*/manifest.json")):
            try:
                if read_identity(manifest.parent).version == version:
                    return manifest.parent
            except MissingPartError as error:
                _log.warning("%s", error)
        return None

    def _counted(self, how: str, vector: str | None = None) -> str | None:
        self._metrics.vectors.labels(how).inc()
        return vector

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(cancel_futures=True)
