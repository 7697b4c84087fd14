"""A stack of a bench's own, beside whatever runs: other engine, other indices, the same models."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from ranker.engine.index import source
from ranker.engine.index.build import build
from ranker.engine.index.site import open_site
from ranker.engine.index.warm_up import warm_up_all
from ranker.engine.supervisor import launch
from ranker.evaluation.sized_world import sized_world
from ranker.settings import Engine, Settings

_FOLDER: Final = "bench"
Progress = Callable[[str, int, int], None]


@contextmanager
def own_stack(
    settings: Settings, engine: Engine, environment: Mapping[str, str], progress: Progress
) -> Iterator[Settings]:
    """Yield the settings of a stack that answers, in the data folder's `bench/ENGINE`; stopped in the end.

    Its indices are kept for the next run. Caches and models are those of the installation.

    Raises:
        MissingPartError: A part of the machine is missing.
        EncoreError: It did not come up.
    """
    own = settings.model_copy(
        update={
            "data": settings.data / _FOLDER / engine,
            "cache": settings.cache_path,
            "engine": engine,
            "engine_port": 0,
            "ranker_port": 0,
        }
    )
    launch.start(own, environment, lambda step: progress(f"{engine}: {step}", 0, 1))
    try:
        launch.wait(own)
        yield own
    finally:
        launch.stop(own)


def sized_index(
    own: Settings, world: Path, documents: int, environment: Mapping[str, str], progress: Progress
) -> str:
    """An index of so many videos of a world in the own stack, built where it isn't there yet: its name.

    Args:
        own: `own_stack`'s.
        world: The sample world's folder.
        documents: Videos wanted; a smaller world's come again.
        environment: For the dictionary's and the encoder's parts.
        progress: Told (what, done, in all).
    """
    index = f"videos{documents}"
    sized = sized_world(world, documents, own.worlds / index)
    with open_site(own, index, environment) as site:
        build(site, lambda _: source.from_world(sized), partial(_told, index, progress), if_changed=True)
    warm_up_all(own)
    return index


def _told(index: str, progress: Progress, stage: str, done: int, size: int) -> None:
    progress(f"{index}: {stage}", done, size)
