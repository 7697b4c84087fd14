"""Looks after the models of a Triton server: a real inference for each, a repair where one fails.

The server neither restarts a model process that died nor stops saying "ready", and it loads nothing that was
published later unless somebody asks.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ranker.engine.supervisor.backoff import Backoff
from ranker.engine.supervisor.part import Finding, Health
from ranker.serving.model_server.base import ModelServerError
from ranker.serving.model_server.repair import ModelHealth, repair
from ranker.serving.model_server.repository import model_versions
from ranker.serving.model_server.triton import TritonModelServer

_log = logging.getLogger(__name__)

# A call to a dead model process fails after 1 s; a shorter limit would take a dead one for a slow one.
PROBE_SECONDS = 3.0
# A model that gives one row no answer for so long is stopped or stuck, not busy.
STUCK_SECONDS = 20.0
# A new version that cannot be loaded is tried again in case it was mended in place.
LOAD_AGAIN_SECONDS = 60.0


class ModelKeeper:
    """Probes published models in parallel and repairs what fails; belongs to one event loop.

    Args:
        connect: Makes the client, inside the loop, at the first probe.
        repository: The model repository, for what is published.
        models: Names to look after; one without a published version is left alone.
        kill: Kills the processes of a model that is stuck, so that it can be loaded again.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        connect: Callable[[], TritonModelServer],
        repository: Path,
        models: Sequence[str],
        kill: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect = connect
        self._server: TritonModelServer | None = None
        self._repository = repository
        self._models = tuple(models)
        self._kill = kill
        self._clock = clock
        self._slow_since: dict[str, float] = {}
        self._backoff: defaultdict[str, Backoff] = defaultdict(Backoff)
        self._again: dict[str, float] = {}  # when a model that could not be repaired is tried again
        self._refused: dict[tuple[str, int], float] = {}  # when a version could not be loaded

    async def probe(self, may_mend: bool) -> Finding:
        """Silent when the server is; answering when a model fails; ready when each gave a real answer."""
        if self._server is None:
            self._server = self._connect()
        server = self._server
        if not await server.live():
            self._forget()
            return Finding(Health.SILENT, "the server does not answer")
        published = [name for name in self._models if model_versions(self._repository, name)]
        if not published:
            todo = "run 'encore train'"
            return Finding(Health.ANSWERING, f"no model is published in [{self._repository}]: {todo}")
        patients = [name for name in published if may_mend and self._clock() >= self._again.get(name, 0.0)]
        failing = self._judge(await repair(server, patients, PROBE_SECONDS))
        failing += [name for name in published if name not in patients and not await server.ready(name)]
        for name in patients:
            if name not in failing:
                await self._update(server, name)
        if failing:
            return Finding(Health.ANSWERING, f"no inference by [{', '.join(failing)}]")
        return Finding(Health.READY)

    def _judge(self, found: Mapping[str, ModelHealth]) -> list[str]:
        """The models that still fail; kills the processes of those that are stuck."""
        now = self._clock()
        for model, health in found.items():
            if health is ModelHealth.REPAIRED:
                _log.warning("model %s did not answer, was loaded again and answers", model)
            if health is ModelHealth.DOWN:
                self._again[model] = now + self._backoff[model].after_death(0.0)
            else:
                self._again.pop(model, None)
                self._backoff.pop(model, None)
            if health is not ModelHealth.SLOW:
                self._slow_since.pop(model, None)
            elif now - self._slow_since.setdefault(model, now) > STUCK_SECONDS:
                _log.warning(
                    "model %s gave no answer for %.0f s, its process is killed", model, STUCK_SECONDS
                )
                self._kill(model)
                del self._slow_since[model]
        return [model for model, health in found.items() if health in (ModelHealth.SLOW, ModelHealth.DOWN)]

    async def _update(self, server: TritonModelServer, model: str) -> None:
        """Loads a version that was published since; those loaded go on answering meanwhile."""
        newest = model_versions(self._repository, model)[-1]
        try:
            if newest in await server.versions(model):
                return
            if self._clock() < self._refused.get((model, newest), float("-inf")) + LOAD_AGAIN_SECONDS:
                return
            _log.info("model %s: loading version %d", model, newest)
            await server.load(model)
        except ModelServerError as error:
            self._refused[model, newest] = self._clock()
            _log.warning("model %s: version %d could not be loaded: %s", model, newest, error)

    def _forget(self) -> None:
        """The server is another one, or will be: what was known of its models is void."""
        self._slow_since.clear()
        self._backoff.clear()
        self._again.clear()
        self._refused.clear()
