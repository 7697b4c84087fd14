"""`encore up`: start everything."""

from typing import Annotated

import typer
from rich.console import Console

from ranker.cli import options
from ranker.cli.options import EngineOption
from ranker.cli.status import show


def up(
    engine: EngineOption = None,
    model_server: Annotated[
        str | None, typer.Option(help="Where models run: triton, or in_process (inside the ranker).")
    ] = None,
    wait: Annotated[bool, typer.Option(help="Return only when everything answers.")] = True,
    as_json: options.JsonOption = False,
) -> None:
    """Start the search engine, the model server and the ranker, and keep them running in the background.

    Puts together what is missing first: the engine from Maven's artifacts, the plugin, the model server.
    Running already? Then this only shows the state. Stop it with [bold]encore down[/bold]. Each engine keeps
    data and indices of its own; later commands talk to the engine that runs.

    Example: [bold]encore up --engine opensearch[/bold]
    """
    from ranker.engine.index.warm_up import warm_up_all
    from ranker.engine.supervisor import control, launch

    settings = options.settings(engine=engine, model_server=model_server)
    with options.spinner("looking at this machine") as say:
        started = launch.start(settings, options.environment(), say)
        if wait:
            say("waiting for every part to answer")
            answer = launch.wait(settings)
            if started:
                say("warming up")
                warm_up_all(settings)
                answer = launch.wait(settings)
        else:
            answer = control.ask(settings, {"do": "status"})
    if as_json:
        options.print_json(answer)
        return
    if settings.model_server == "in_process":
        Console(stderr=True).print("models run inside the ranker (ONNX Runtime): no Triton server is used")
    if not started:
        Console(stderr=True).print("it was running already")
    show(answer)
