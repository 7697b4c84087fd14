"""`encore doctor`: what is missing, and what to do about it."""

from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.text import Text

from ranker.cli import options
from ranker.errors import MissingPartError

if TYPE_CHECKING:
    from ranker.engine.check import Check

MARKS = {"ok": ("ok     ", "green"), "note": ("note   ", "yellow"), "missing": ("missing", "red")}


def doctor(as_json: options.JsonOption = False) -> None:
    """Look at this machine and this installation; exit code 3 when something is missing.

    Looks at JDK, Maven, glibc, disk, memory, ports, caches, versions, published models, running parts, an
    inference by each model, and whether Python and every node of the engine (of ENCORE_ENGINE_URL, if it is
    set) hold the same dictionaries and make the same tokens of a few texts.

    Example: [bold]encore doctor[/bold]
    """
    from ranker.engine.doctor import examine

    console = Console(highlight=False, soft_wrap=True)
    checks: list[Check] = []
    for check in examine(options.settings(), options.environment()):
        checks.append(check)
        if not as_json:
            console.print(line(check))
    missing = sum(check.state == "missing" for check in checks)
    if as_json:
        options.print_json({"missing": missing, "checks": [check.as_dict() for check in checks]})
    elif missing:
        console.print(f"{missing} missing")
    if missing:
        raise typer.Exit(MissingPartError.exit_code)


def line(check: "Check") -> Text:
    """One check as a line: its mark, its name, what was found, what to do."""
    mark, colour = MARKS[check.state]
    text = Text.assemble((mark, colour), "  ", (f"{check.name}: ", "bold"), check.found)
    if check.todo:
        text.append(f" → {check.todo}", style="cyan")
    return text
