"""What commands share: settings from the environment, the --json flag, a spinner that keeps out of pipes."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console

from ranker.errors import InvalidInputError
from ranker.settings import Settings

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object for programs.")]


def settings(**given: Any) -> Settings:
    """Settings of the environment, in which options that were given (not None) come first.

    Raises:
        InvalidInputError: A variable or an option has a wrong value.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise InvalidInputError(
            f"ENCORE_{name.upper()} is [{first.get('input')}]: {first['msg'].lower()}; "
            f"correct the variable or the option"
        ) from None


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
