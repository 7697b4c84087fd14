"""`encore tour`: send files of Kibana's console to the running engine, and say what is to be seen."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from ranker.cli import options
from ranker.cli.folded_json import folded
from ranker.settings import PROJECT

if TYPE_CHECKING:
    from ranker.engine.tour.run import Outcome, Seen
    from ranker.engine.tour.syntax import ConsoleFile

FILES = PROJECT / "index_mappings" / "console"
SHOWN = 200  # characters of what stands at one place


def tour(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files or folders; the tour of every feature by default.")
    ] = None,
    whole: Annotated[bool, typer.Option("--whole", help="Print whole answers.")] = False,
    as_json: options.JsonOption = False,
) -> None:
    """Send requests in the syntax of Kibana's console, and show what to look at in each answer.

    Files of the other engine are left out. Exit code 1 when an answer is not as its file says.

    Example: [bold]encore tour index_mappings/console/03_fine_rank.console --whole[/bold]
    """
    from ranker.engine.reach import Reach
    from ranker.engine.tour.run import run
    from ranker.engine.tour.syntax import files_of, read_console

    files = [read_console(path) for path in files_of(paths or [FILES])]
    console = Console(highlight=False, soft_wrap=True)
    outcomes: list[Outcome] = []
    entries: list[dict[str, Any]] = []
    with Reach.of(options.settings()).engine() as engine:
        running = engine.product().engine
        for file in files:
            if file.engine not in (None, running):
                _say(console, as_json, [Text(f"\n{file.path.name}: of {file.engine} alone", "dim")])
                continue
            _say(console, as_json, [Text(f"\n{file.title}", "bold")])
            for outcome in run(file, engine):
                outcomes.append(outcome)
                entries.append(_as_json(file, outcome))
                _say(console, as_json, _lines(outcome, whole))
    wrong = sum(bool(outcome.problems) for outcome in outcomes)
    if as_json:
        options.print_json({"engine": running, "wrong": wrong, "requests": entries})
    else:
        console.print(f"\nrequests: {len(outcomes)}, not as the files say: {wrong}")
    if wrong:
        raise typer.Exit(1)


def _say(console: Console, as_json: bool, lines: Iterable[Text]) -> None:
    if not as_json:
        for line in lines:
            console.print(line)


def _lines(outcome: "Outcome", whole: bool) -> Iterable[Text]:
    request = outcome.request
    yield Text()
    if request.comment:
        yield Text(f"# {request.comment}", "dim")
    yield Text(f"{request.method} {request.path}", "cyan")
    if whole:
        yield Text(outcome.answer if isinstance(outcome.answer, str) else folded(outcome.answer))
    for seen in outcome.seen:
        yield Text.assemble(
            ("  ok   ", "green") if seen.holds else ("  no   ", "red"), f"{seen.look.path}: ", _found(seen)
        )
    for problem in outcome.problems:
        yield Text(f"  {problem}", "red")


def _found(seen: "Seen") -> str:
    """What stands at a place, one thing or several, each said once."""
    said = list(dict.fromkeys(json.dumps(one, ensure_ascii=False) for one in seen.found))
    text = ", ".join(said) or "nothing"
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _as_json(file: "ConsoleFile", outcome: "Outcome") -> dict[str, Any]:
    request = outcome.request
    return {
        "file": file.path.name,
        "line": request.line,
        "request": f"{request.method} {request.path}",
        "problems": outcome.problems,
        "seen": {str(seen.look): seen.found for seen in outcome.seen},
        "answer": outcome.answer,
    }
