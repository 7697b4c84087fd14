"""`encore status`: what runs, where and how well."""

import time
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options

STYLES = {"ready": "green", "answering": "yellow", "starting": "yellow", "silent": "red", "dead": "red"}
NOT_ALL_READY = 4
PIPED_WIDTH = 400


def status(as_json: options.JsonOption = False) -> None:
    """Show the running parts; exit code 0 when all are ready, 4 when not, 1 when nothing runs.

    Example: [bold]encore status --json[/bold]
    """
    from ranker.engine.supervisor import control

    answer = control.ask(options.settings(), {"do": "status"})
    if as_json:
        options.print_json(answer)
    else:
        show(answer)
    if any(part["phase"] != "ready" for part in answer["parts"]):
        raise typer.Exit(NOT_ALL_READY)


def show(answer: dict[str, Any]) -> None:
    """Prints the parts as a table; in a pipe no line is broken."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    console.print(table(answer))


def table(answer: dict[str, Any]) -> Table:
    """The parts as rows."""
    rows = Table(box=None, pad_edge=False)
    for heading in ("PART", "STATE", "FOR", "PID", "RESTARTS", "WHERE"):
        rows.add_column(heading, no_wrap=True)
    rows.add_column("WHAT IS WRONG", overflow="fold")
    for part in answer["parts"]:
        state = part["phase"] + (" (held)" if part["held"] else "")
        style = STYLES.get(part["phase"], "")
        rows.add_row(
            part["name"],
            f"[{style}]{state}[/{style}]" if style else state,
            age(part["since_ms"]),
            str(part["pid"] or "-"),
            str(part["restarts"]),
            _where(part, answer.get("product", "")),
            part["detail"].replace("[", r"\["),
        )
    return rows


def _where(part: dict[str, Any], product: str) -> str:
    """Its first address; the engine's with which engine it is."""
    address = next(iter(part["addresses"].values()), "")
    return f"{address} ({product})" if part["name"] == "engine" and product else address


def age(since_ms: int) -> str:
    """The time since then as people say it: "45 s", "12 min", "3 h"."""
    seconds = max(0, time.time_ns() // 1_000_000 - since_ms) // 1000
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
