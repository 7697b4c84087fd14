"""Waits until a running ranker answers by newly published models."""

import time
from collections.abc import Callable, Mapping
from typing import Final

from ranker.engine.index.ranker_door import RunningRanker
from ranker.errors import EncoreError, MissingPartError

_SECONDS: Final = 60.0  # the model server loads three models, 1–2 s each; the ranker looks each second


def wait_for_models(
    ranker: RunningRanker,
    published: Mapping[str, int],
    *,
    seconds: float = _SECONDS,
    pause: Callable[[float], None] = time.sleep,
) -> bool:
    """Return once every generation that the ranker holds answers by these versions.

    Args:
        ranker: The running one.
        published: Version of each model.
        seconds: How long to wait at most.
        pause: Waits between two looks.

    Returns:
        Whether there was a generation to wait for.

    Raises:
        EncoreError: Time is over; the models before go on answering.
    """
    wanted = {model: str(version) for model, version in published.items()}
    deadline = time.monotonic() + seconds
    while True:
        try:
            held = ranker.versions()
        except MissingPartError:  # it is being started: it takes the newest by itself
            held = None
        if held is not None and all(wanted.items() <= versions.items() for versions in held.values()):
            return bool(held)
        if time.monotonic() > deadline:
            said = ", ".join(f"{model} {version}" for model, version in wanted.items())
            raise EncoreError(
                f"[{said}] are published, and the ranker has not taken them up in [{seconds:g}] seconds; "
                "the models before go on answering: look at `encore status`, or start it again"
            )
        pause(0.2)
