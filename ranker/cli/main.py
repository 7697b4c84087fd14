"""The table of commands. Each command is one file; this one only lists them."""

import sys
from collections.abc import Callable
from typing import Any

import typer
from rich.console import Console

from ranker.cli.bench_faults import bench_faults
from ranker.cli.doctor import doctor
from ranker.cli.down import down
from ranker.cli.eval_search import eval_search
from ranker.cli.models import models
from ranker.cli.status import status
from ranker.cli.up import up
from ranker.errors import EncoreError

app = typer.Typer(
    name="encore",
    help="Search for Chinese music video, inside Elasticsearch and OpenSearch.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _group(name: str, help_text: str) -> typer.Typer:
    group = typer.Typer(help=help_text, no_args_is_help=True)
    app.add_typer(group, name=name)
    return group


index = _group("index", "Build, swap and mend an index.")
bench = _group("bench", "Measure, as ratios within one run.")
evaluate = _group("eval", "Judge orders against the truth.")


def _add(group: typer.Typer, name: str, command: Callable[..., Any]) -> None:
    group.command(name)(command)


_add(app, "up", up)
_add(app, "down", down)
_add(app, "status", status)
_add(app, "doctor", doctor)
_add(app, "models", models)
_add(bench, "faults", bench_faults)
_add(evaluate, "search", eval_search)


def main() -> None:
    """Run the command line; an `EncoreError` becomes its one sentence and its exit code."""
    try:
        app()
    except EncoreError as error:
        Console(stderr=True).print(f"encore: {error}", style="red", markup=False, highlight=False)
        sys.exit(error.exit_code)
