"""`encore demo`: the whole funnel from nothing, by the commands that a person would type."""

import json
import shlex
import time
from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.console import Console

from ranker.cli import options
from ranker.cli.folded_json import folded
from ranker.cli.options import EngineOption

_WORLD = "demo"
_SEARCHES = ("周杰伦 晴天", "hebe", "会不会")


def demo(
    size: Annotated[
        str, typer.Option(help="The sample world: small (seconds) or demo (20,000 videos).")
    ] = "demo",
    seed: Annotated[int, typer.Option(min=0, help="The same size and seed make the same world.")] = 7,
    engine: EngineOption = None,
) -> None:
    """Make a sample world, train on its log, start everything, build the index and search.

    What is there already is used again, so a second run takes a minute or two. The stack is left running.

    Example: [bold]encore demo --size small[/bold]
    """
    from ranker.cli.index_build import index_build
    from ranker.cli.search import search
    from ranker.cli.train import train
    from ranker.cli.up import up
    from ranker.engine.doctor import require_machine
    from ranker.engine.supervisor import launch

    settings = options.settings(engine=engine)
    launch.refuse_elsewhere(settings)
    require_machine(settings, options.environment())
    began = time.monotonic()
    notes = Console(stderr=True, highlight=False, soft_wrap=True)
    if _world_differs(size, seed):
        from ranker.cli.world_make import world_make

        _do(notes, f"encore world make {_WORLD} --size {size} --seed {seed}")
        world_make(_WORLD, size=size, seed=seed)
    _do(notes, f"encore train --world {_WORLD}")
    train(world=_WORLD)
    _do(notes, "encore up" + (f" --engine {engine}" if engine else ""))
    up(engine=engine)
    _do(notes, f"encore index build --world {_WORLD} --if-changed")
    index_build(world=_WORLD, if_changed=True)
    user = _somebody()
    for text in _SEARCHES:
        _do(notes, f"encore search {shlex.quote(text)} --user {user} --size 5")
        search(text, user=user, size=5)
    _tell(_SEARCHES[0], user)
    notes.print(f"\nready after {time.monotonic() - began:.0f} s; stop it with: encore down", style="green")


def _do(notes: Console, command: str) -> None:
    notes.print(f"\n$ {command}", style="bold cyan", markup=False)


def _world_differs(size: str, seed: int) -> bool:
    from ranker.errors import InvalidInputError
    from ranker.world.generate import GENERATOR_VERSION
    from ranker.world.store import World

    try:
        manifest = World.load(options.settings().worlds / _WORLD).manifest
    except InvalidInputError:
        return True
    wanted = {"size": size, "seed": seed, "generator": GENERATOR_VERSION}
    return any(manifest.get(name) != value for name, value in wanted.items())


def _somebody() -> str:
    """A listener with a history: the one who searched most."""
    from ranker.world.store import World

    searches = World.load(options.settings().worlds / _WORLD).scan("searches").collect()
    return str(searches["user_id"].value_counts(sort=True)["user_id"][0])


def _tell(text: str, user: str) -> None:
    from ranker.engine.supervisor import state
    from ranker.recall.coarse import DEFAULT_ROUTES, PARAMETERS, search_body

    url = state.read(options.settings())["engine"]["url"]
    body = search_body(text, user, size=5, routes=DEFAULT_ROUTES)
    parameters = "&".join(f"{name}={value}" for name, value in PARAMETERS.items())
    say: Callable[..., Any] = Console(highlight=False, soft_wrap=True).print
    say("\nBy curl:\n", style="bold")
    data = shlex.quote(json.dumps(body, ensure_ascii=False))
    say(
        f"curl -s '{url}/videos/_search?{parameters}' -H 'Content-Type: application/json' -d {data}",
        markup=False,
    )
    say("\nThe same in Kibana's console (Dev Tools):\n", style="bold")
    say(f"POST videos/_search?{parameters}\n{folded(body)}", markup=False)
    say("\nBy meaning too, in one request:\n", style="bold")
    say(f"encore search {shlex.quote(text)} --user {user} --vectors --request", markup=False)
