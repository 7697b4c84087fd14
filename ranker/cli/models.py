"""`encore models`: what the model repository holds."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.serving.model_server.models import MODELS
from ranker.serving.model_server.publish import configuration_differs, write_configuration
from ranker.serving.model_server.repository import model_versions


def models(
    write: Annotated[bool, typer.Option("--write", help="Write config.pbtxt where it differs.")] = False,
    as_json: options.JsonOption = False,
) -> None:
    """Show each model's published versions, and whether its config.pbtxt is as the code says.

    Example: [bold]encore models --json[/bold]
    """
    repository = options.settings().model_repo
    table = Table("model", "versions", "config.pbtxt")
    rows = []
    for model in MODELS.values():
        if write:
            write_configuration(repository, model)
        versions, differs = (
            model_versions(repository, model.name),
            configuration_differs(repository, model),
        )
        rows.append({"model": model.name, "versions": versions, "configuration_differs": differs})
        table.add_row(
            model.name,
            ", ".join(str(version) for version in versions) or "none: run encore train",
            "differs: run encore models --write" if differs else "as the code says",
        )
    if as_json:
        options.print_json({"repository": str(repository), "models": rows})
    else:
        Console().print(table)
