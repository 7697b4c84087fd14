"""Looks after the models of a Triton server: a real inference for each, and a reload where one fails.

A killed model process is never restarted by the server, whose readiness still says 200; only an inference
finds it, and only unload and load repair it.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from ranker.engine.supervisor.part import Finding, Health
from ranker.serving.model_server.base import ModelServerError
from ranker.serving.model_server.repository import model_versions
from ranker.serving.model_server.triton import TritonModelServer

_log = logging.getLogger(__name__)

# A call to a dead model process fails after 1 s; a shorter limit would hide that it is dead, not slow.
PROBE_SECONDS = 2.5
# A slow model may be a busy one; a reload would make it slower. Dead ones say so at the first call.
TIMEOUTS_BEFORE_RELOAD = 5


class ModelKeeper:
    """Probes published models in parallel and reloads what is dead; belongs to one event loop.

    Args:
        connect: Makes the client, inside the loop, at the first probe.
        repository: The model repository, for what is published.
        models: Names to look after; one without a published version is left alone.
    """

    def __init__(
        self, connect: Callable[[], TritonModelServer], repository: Path, models: Sequence[str]
    ) -> None:
        self._connect = connect
        self._server: TritonModelServer | None = None
        self._repository = repository
        self._models = tuple(models)
        self._timeouts: dict[str, int] = {}

    async def probe(self, may_mend: bool) -> Finding:
        """Silent when the server is; answering when a model fails; ready when each gave a real answer."""
        if self._server is None:
            self._server = self._connect()
        if not await self._server.live():
            return Finding(Health.SILENT, "the server does not answer")
        published = [name for name in self._models if model_versions(self._repository, name)]
        troubles = await asyncio.gather(*(self._trouble(self._server, name, may_mend) for name in published))
        found = [trouble for trouble in troubles if trouble]
        if found:
            return Finding(Health.ANSWERING, "; ".join(found))
        if not published:
            return Finding(
                Health.ANSWERING, f"no model is published in [{self._repository}]: run 'encore train'"
            )
        return Finding(Health.READY)

    async def _trouble(self, server: TritonModelServer, model: str, may_mend: bool) -> str:
        """What is wrong with a model, mended or not; empty when it answers with its newest version."""
        try:
            await server.probe(model, timeout_seconds=PROBE_SECONDS)
        except ModelServerError as error:
            self._timeouts[model] = self._timeouts.get(model, 0) + 1 if error.cause == "timeout" else 0
            patient = error.cause == "timeout" and self._timeouts[model] < TIMEOUTS_BEFORE_RELOAD
            if not may_mend or patient:
                return f"model [{model}] fails: {error}"
            return await self._reload(server, model, str(error))
        self._timeouts.pop(model, None)
        return await self._update(server, model) if may_mend else ""

    async def _reload(self, server: TritonModelServer, model: str, why: str) -> str:
        _log.warning("model %s is reloaded: %s", model, why)
        self._timeouts.pop(model, None)
        try:
            await server.unload(model)
            await server.load(model)
            await server.probe(model, timeout_seconds=PROBE_SECONDS)
        except ModelServerError as error:
            return f"model [{model}] could not be reloaded: {error}"
        _log.info("model %s answers again", model)
        return ""

    async def _update(self, server: TritonModelServer, model: str) -> str:
        """Loads a version that was published since; those loaded go on answering meanwhile."""
        newest = model_versions(self._repository, model)[-1:]
        try:
            if newest and newest[0] not in await server.versions(model):
                _log.info("model %s: loading version %d", model, newest[0])
                await server.load(model)
        except ModelServerError as error:
            return f"model [{model}] version [{newest[0]}] could not be loaded: {error}"
        return ""
