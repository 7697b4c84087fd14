"""`encore down`: stop everything."""

from rich.console import Console

from ranker.cli import options


def down(as_json: options.JsonOption = False) -> None:
    """Stop the engine, the model server and the ranker; all data stays.

    Nothing runs? That is no error.

    Example: [bold]encore down[/bold]
    """
    from ranker.engine.supervisor import launch

    settings = options.settings()
    with options.spinner("stopping") as _:
        stopped = launch.stop(settings)
    if as_json:
        options.print_json({"stopped": stopped})
    else:
        Console(highlight=False).print("stopped" if stopped else "nothing was running")
