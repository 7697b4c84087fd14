"""What commands share: settings from the environment, the --json flag, a spinner that keeps out of pipes."""

import difflib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console

from ranker.errors import InvalidInputError
from ranker.settings import COMPOSE_VARIABLES, PREFIX, PROJECT, Settings

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object for programs.")]
EngineOption = Annotated[
    str | None, typer.Option(help="Search engine: elasticsearch or opensearch.", show_default="elasticsearch")
]


def settings(**given: Any) -> Settings:
    """Settings of the environment, in which options that were given (not None) come first.

    Raises:
        InvalidInputError: A variable or an option has a wrong value, or a variable's name is none of ours.
    """
    _refuse_unknown(os.environ)
    try:
        made = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:  # about several at once: the sentence names them
            raise InvalidInputError(first["msg"].removeprefix("Value error, ")) from None
        name = str(first["loc"][0])
        raise InvalidInputError(
            f"{PREFIX}{name.upper()} is [{first.get('input')}]: {first['msg'].lower()}; "
            f"correct the variable or the option"
        ) from None
    _refuse_lost(made)
    return made


def _refuse_unknown(variables: Mapping[str, str]) -> None:
    """A misspelt variable would be ignored, and its default taken, in silence."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name, value in sorted(variables.items()):
        if name.upper().startswith(PREFIX) and name.upper() not in known | COMPOSE_VARIABLES:
            near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.0)[0]
            raise InvalidInputError(
                f"{name} is [{value}], and there is no such setting: use {near}, or unset it"
            )


def _refuse_lost(made: Settings) -> None:
    """Installed apart from its checkout, the defaults lie among the interpreter's packages."""
    lost = [name for name in ("data", "model_repo") if getattr(made, name).is_relative_to(PROJECT)]
    if lost and not (PROJECT / "pyproject.toml").is_file():
        names = " and ".join(f"{PREFIX}{name.upper()}" for name in lost)
        raise InvalidInputError(
            f"this encore runs from [{PROJECT}], which is no checkout: set {names}, "
            "or install it with `pip install -e .` in a checkout"
        )


def environment() -> Mapping[str, str]:
    """The variables of this process, for what looks for programs."""
    return dict(os.environ)


def print_json(value: Any) -> None:
    """One JSON value on standard output, Chinese as it is."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


@contextmanager
def spinner(first: str) -> Iterator[Callable[[str], None]]:
    """Says on standard error what is being done: a spinner on a terminal, a line for each step elsewhere."""
    console = Console(stderr=True, highlight=False)
    if console.is_terminal:
        with console.status(first) as status:
            yield status.update
    else:
        said: list[str] = []

        def say(text: str) -> None:
            if text not in said[-1:]:
                said.append(text)
                console.print(text, markup=False)

        say(first)
        yield say
