"""Bringing back a model whose process died: Triton neither restarts it nor stops saying "ready"."""

import asyncio
from collections.abc import Sequence
from enum import StrEnum

from ranker.serving.model_server.base import ModelServer, ModelServerError


class ModelHealth(StrEnum):
    """What `repair` found and did.

    ready: every loaded version answers. repaired: it did not, and does again. slow: no answer in time,
    nothing was done: a stopped or overloaded server isn't helped by unloading. down: it does not answer,
    and could not be brought back.
    """

    READY = "ready"
    REPAIRED = "repaired"
    SLOW = "slow"
    DOWN = "down"


async def repair(
    server: ModelServer, models: Sequence[str], timeout_seconds: float = 3.0
) -> dict[str, ModelHealth]:
    """Probe each model by a real inference; unload and load again what is broken.

    Call it in a loop, every second or so, once the server has finished its start.

    Args:
        server: The model server.
        models: Those that should be loaded; one that isn't is loaded.
        timeout_seconds: For one probe. More than 1: so long Triton takes to notice a dead process, and a
            call that ends earlier cannot be told from a slow one.

    Returns:
        Health by model, in the order given.
    """
    health = await asyncio.gather(*(_repair_model(server, model, timeout_seconds) for model in models))
    return dict(zip(models, health, strict=True))


async def _repair_model(server: ModelServer, model: str, timeout_seconds: float) -> ModelHealth:
    try:
        await _probe_versions(server, model, timeout_seconds)
        return ModelHealth.READY
    except ModelServerError as error:
        if error.cause == "timeout":
            return ModelHealth.SLOW
    try:
        await server.unload(model)
        await server.load(model)
        await _probe_versions(server, model, timeout_seconds)
        return ModelHealth.REPAIRED
    except ModelServerError:
        return ModelHealth.DOWN


async def _probe_versions(server: ModelServer, model: str, timeout_seconds: float) -> None:
    """Each version has a process of its own; without any the newest is asked for, and is not found."""
    versions = await server.versions(model, timeout_seconds=timeout_seconds)
    for version in [str(version) for version in versions] or [""]:
        await server.probe(model, version=version, timeout_seconds=timeout_seconds)
