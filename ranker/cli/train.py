"""`encore train`: both models from a world's log, published for the model server."""

from dataclasses import replace
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ranker.cli import options
from ranker.errors import InvalidInputError, MissingPartError
from ranker.settings import Settings


def train(
    world: Annotated[str, typer.Option(help="The world whose log teaches.")] = "demo",
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Passes over the exposures, at most; default: as configured.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Train even if nothing has changed.")] = False,
    as_json: options.JsonOption = False,
) -> None:
    """Train relevance and ranking models on a sample world's log and publish them.

    What was trained from the same world, code and options is used again.

    Example: [bold]encore train --world demo[/bold]
    """
    settings = options.settings()
    if not (settings.worlds / world / "manifest.json").is_file():
        raise InvalidInputError(f"there is no world [{world}]; make it with: encore world make {world}")
    try:
        from ranker.ranking.training_run import RunOptions, content_key, run
    except ModuleNotFoundError as error:
        raise MissingPartError(
            f"training needs [{error.name}]; install the extra with: pip install 'encore[train]'"
        ) from None

    chosen = RunOptions()
    if epochs is not None:
        chosen = replace(chosen, ranking=replace(chosen.ranking, epochs=epochs))
    runs = settings.data / "training"
    if again:
        _forget(runs / content_key(settings.worlds / world, chosen))
    with Progress(
        TextColumn("{task.description:>10}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    ) as bars:
        tasks: dict[str, Any] = {}

        def told(what: str, done: int, size: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=max(size, 1))
            bars.update(tasks[what], completed=done, total=max(size, 1))

        finished = run(settings.worlds / world, settings.dictionaries, runs, chosen, told)
    published = _publish(settings, finished, again)
    _take_up(settings, published)
    if as_json:
        options.print_json(
            {"key": finished.key, "fresh": finished.fresh, "published": published} | finished.card
        )
        return
    _tell(finished, published)


def _forget(folder: Any) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def _take_up(settings: Settings, published: dict[str, int]) -> None:
    """Wait until a running ranker, if there is one, answers by what was published."""
    from ranker.engine.index.ranker_door import RunningRanker
    from ranker.engine.reach import Reach
    from ranker.engine.supervisor import launch
    from ranker.engine.take_up import wait_for_models

    if settings.engine_url is not None or not launch.running(settings):  # elsewhere is not ours to wait for
        return
    ranker = Reach.of(settings).door()
    if isinstance(ranker, RunningRanker):
        with options.spinner("the running ranker takes up the models"):
            wait_for_models(ranker, published)


def _publish(settings: Settings, finished: Any, again: bool) -> dict[str, int]:
    """Publish the run's models, unless the newest versions are just these; model to version."""
    import json

    from ranker.ranking.training_run import CARD, MODELS
    from ranker.serving.model_server.models import model_configuration
    from ranker.serving.model_server.publish import publish
    from ranker.serving.model_server.repository import model_versions, version_folder

    published = {}
    for model in MODELS:
        versions = model_versions(settings.model_repo, model)
        if versions and not again:
            card = version_folder(settings.model_repo, model, versions[-1]) / CARD
            if card.is_file() and json.loads(card.read_text(encoding="utf-8")).get("key") == finished.key:
                published[model] = versions[-1]
                continue
        published[model] = publish(settings.model_repo, model_configuration(model), finished.folder / model)
    return published


def _tell(finished: Any, published: dict[str, int]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    said = "trained" if finished.fresh else "nothing has changed: used the run of before"
    console.print(f"{said} ({finished.key})")
    relevance, ranking = finished.card["relevance"]["validation"], finished.card["ranking"]["test"]
    console.print("relevance, held-back labels: " + _measures(relevance))
    console.print("ranking, last days:          " + _measures(ranking))
    console.print("published: " + ", ".join(f"{model} {version}" for model, version in published.items()))


def _measures(values: dict[str, float]) -> str:
    return "  ".join(f"{name} {value:.4f}" for name, value in values.items())
