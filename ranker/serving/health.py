"""Health by a real inference: a server that says "ready" while a model's process is dead is not healthy."""

import asyncio
from collections.abc import Sequence

from ranker.serving.generations import Generations
from ranker.serving.model_server.base import ModelServer

_PROBE_SECONDS = 1.0


class ModelHealth:
    """Asks every model that a request needs.

    Args:
        server: Where the models run.
        models: Their names.
        generations: At least one must be held for the ranker to be of use.
    """

    def __init__(self, server: ModelServer, models: Sequence[str], generations: Generations) -> None:
        self._server = server
        self._models = models
        self._generations = generations

    async def check(self) -> dict[str, object]:
        """{"ok": bool, "restoring": bool, "models": {name: bool}, "generations": [...]}."""
        ready = await asyncio.gather(
            *(self._server.ready(model, timeout_seconds=_PROBE_SECONDS) for model in self._models)
        )
        return {
            "ok": all(ready) and bool(self._generations.describe()) and not self._generations.restoring,
            "restoring": self._generations.restoring,
            "models": dict(zip(self._models, ready, strict=True)),
            "generations": self._generations.describe(),
        }
