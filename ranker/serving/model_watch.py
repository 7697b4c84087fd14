"""Takes up newly published models while requests go on: the ranker's choice of what it calls."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from ranker.errors import EncoreError
from ranker.serving.model_server.base import ModelServer, ModelServerError
from ranker.serving.trained_models import PublishedModels, TrainedModels, newest_served

_log = logging.getLogger(__name__)
_INTERVAL_SECONDS: Final = 1.0


class ModelWatch:
    """Knows the models to call: the newest training that is published whole and served whole.

    A training is taken up only when the model server answers for each of its versions, so no request is
    ever sent to a model that isn't there yet; a version that was withdrawn is left the same way.

    Args:
        published: The model repository.
        server: Where the models run.
        loads: Whether this process has to ask the server to load what is published. A Triton server is
            asked by its keeper.
        interval_seconds: Between two looks.
    """

    def __init__(
        self,
        published: PublishedModels,
        server: ModelServer,
        *,
        loads: bool,
        interval_seconds: float = _INTERVAL_SECONDS,
    ) -> None:
        self._published = published
        self._server = server
        self._loads = loads
        self._interval_seconds = interval_seconds
        self._refused: set[tuple[str, int]] = set()

    async def newest(self) -> TrainedModels:
        """The models to call now.

        While the server serves no training (it is starting), the newest that is published: by the time
        of the first request it may be there.

        Raises:
            EncoreError: Nothing usable is published.
        """
        trainings = self._published.trainings()
        try:
            if self._loads:
                await self._load(trainings[0])
            return await newest_served(self._server, trainings) or trainings[0]
        except ModelServerError:
            return trainings[0]

    async def _load(self, training: TrainedModels) -> None:
        for model, version in training.versions.items():
            if version in await self._server.versions(model) or (model, version) in self._refused:
                continue
            try:
                await self._server.load(model)
            except ModelServerError as error:
                self._refused.add((model, version))
                _log.warning("model %s: version %d could not be loaded: %s", model, version, error)

    async def run(self, take_up: Callable[[TrainedModels], Awaitable[None]]) -> None:
        """Look again and again, until cancelled, and tell `take_up` each time what to call now."""
        said = ""
        while True:
            await asyncio.sleep(self._interval_seconds)
            try:
                await take_up(await self.newest())
                said = ""
            except asyncio.CancelledError:
                raise
            except EncoreError as error:
                if str(error) != said:
                    said = str(error)
                    _log.warning("no other models are taken up: %s", error)
            except Exception:  # whatever a look meets, the next one is due
                _log.exception("looking for models failed")
