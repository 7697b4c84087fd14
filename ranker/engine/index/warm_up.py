"""Searches that nobody waits for: a cold engine's first fine search would miss its deadline."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from ranker.engine.rest import EngineRest
from ranker.engine.supervisor import state
from ranker.errors import EncoreError
from ranker.recall.coarse import DEFAULT_ROUTES, PARAMETERS, search_body
from ranker.settings import Settings

_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 0.05
_DEGRADED: Final = "x-encore-degraded"


def warm_up(rest: EngineRest, index: str, *, clock: Callable[[], float] = time.monotonic) -> bool:
    """Search as the first listener would until an answer is ranked finely; whether one was.

    Loading classes, connecting to the ranker and its first pass take a cold stack longer than the plugin's
    deadline. The search is for the title of some video, so that all of the query has work to do.

    Args:
        rest: The engine.
        index: An index or alias; one without documents needs no warmth.
        clock: Seconds that never go back.
    """
    some = rest.call("POST", f"/{index}/_search", {"size": 1, "_source": ["title"]})["hits"]["hits"]
    if not some:
        return True
    body = search_body(some[0]["_source"]["title"], routes=DEFAULT_ROUTES)
    deadline = clock() + _SECONDS
    while _DEGRADED in rest.exchange("POST", f"/{index}/_search", body, PARAMETERS).headers:
        if clock() > deadline:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True


def warm_up_all(settings: Settings) -> None:
    """Warm the running installation's indices up; one that cannot be searched is left alone."""
    settings = state.settled(settings)
    for history in sorted(settings.generations.glob("*.history.json")):
        with suppress(EncoreError), EngineRest(state.read(settings)["engine"]["url"]) as rest:
            warm_up(rest, history.name.removesuffix(".history.json"))
