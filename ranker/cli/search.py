"""`encore search`: ask the running stack, and see how each hit was ranked."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ranker.cli import options
from ranker.cli.explanation import Part, coarse_parts, explanation_tree, fine_parts
from ranker.cli.folded_json import folded
from ranker.cli.index_options import IndexOption
from ranker.cli.status import PIPED_WIDTH
from ranker.recall.answer import Answer, Hit, read_answer
from ranker.recall.coarse import DEFAULT_SIZE, DEFAULT_WINDOW, PARAMETERS, ROUTES, Route, search_body


def search(  # noqa: PLR0913, PLR0917 (a command has as many options as it has)
    query: Annotated[str, typer.Argument(help="What a listener would type.")],
    user: Annotated[str | None, typer.Option(help="Who asks; a stranger otherwise.")] = None,
    size: Annotated[int, typer.Option(min=1, max=1000, help="Hits wanted.")] = DEFAULT_SIZE,
    from_: Annotated[int, typer.Option("--from", min=0, help="Hits to leave out before them.")] = 0,
    window: Annotated[int, typer.Option(min=1, max=1000, help="Candidates ranked finely.")] = DEFAULT_WINDOW,
    coarse: Annotated[bool, typer.Option("--coarse", help="Leave the coarse order.")] = False,
    words: Annotated[bool, typer.Option("--words", help="Find by words alone, without a plan.")] = False,
    vectors: Annotated[bool, typer.Option("--vectors", help="Find by meaning too.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show the parts of both scores.")] = False,
    request: Annotated[
        bool, typer.Option("--request", help="Print the request instead of sending it.")
    ] = False,
    index: IndexOption = "videos",
    as_json: options.JsonOption = False,
) -> None:
    """Search. Each hit says whether it was ranked finely, and if not, why.

    Example: [bold]encore search "周杰伦 晴天" --user u42 --explain[/bold]
    """
    from ranker.engine.reach import Reach

    settings = options.settings()
    routes = _routes(words, vectors)
    body = search_body(
        query, user, size=size, from_=from_, window=window, explain=explain, fine=not coarse, routes=routes
    )
    parameters = "&".join(f"{name}={value}" for name, value in PARAMETERS.items())
    if request:
        typer.echo(f"POST /{index}/_search?{parameters}\n{folded(body)}")
        return
    with Reach.of(settings).engine() as engine:
        found = engine.exchange("POST", f"/{index}/_search", body, PARAMETERS)
    answer = read_answer(found.json(), found.headers)
    if as_json:
        options.print_json(_with_parts(answer) if explain else answer.as_json())
    else:
        _show(answer, from_, explain)


def _routes(words: bool, vectors: bool) -> list[Route]:
    wanted = {"text": True, "entity": not words, "vector": vectors}
    return [route for route in ROUTES if wanted[route]]


def _with_parts(answer: Answer) -> dict[str, Any]:
    body = answer.as_json()
    for entry, hit in zip(body["hits"], answer.hits, strict=True):
        explanation = hit.explanation or {"description": "", "value": 0.0}
        entry["coarse_parts"] = _as_json(coarse_parts(explanation))
        entry["fine_parts"] = _as_json(fine_parts(explanation))
    return body


def _as_json(parts: list[Part]) -> list[dict[str, Any]]:
    return [{"part": part.name, "value": part.value, "detail": part.detail} for part in parts]


def _show(answer: Answer, from_: int, explain: bool) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    table = Table(box=None, pad_edge=False)
    for heading, justify in _COLUMNS:
        table.add_column(heading, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for place, hit in enumerate(answer.hits, from_ + 1):
        table.add_row(
            str(place),
            _plain(hit.title),
            _plain(str(hit.source.get("uploader", ""))),
            _plays(hit.source),
            f"{hit.score:.3f}",
            "-" if hit.coarse_score is None else f"{hit.coarse_score:.2f}",
            _mark(hit),
            ", ".join(route.removeprefix("entity.") for route in hit.routes),
            hit.id,
        )
    console.print(table)
    summary = f"{answer.total} matches, {answer.took_milliseconds} ms"
    if answer.request_id:
        summary += f", request {answer.request_id}"
    if answer.degraded:
        summary += f", degraded: {', '.join(answer.degraded)}"
    console.print(_plain(summary), style="yellow" if answer.degraded else "dim")
    if explain:
        for hit in answer.hits:
            if hit.explanation is not None:
                console.print(explanation_tree(f"{hit.id} {hit.title}", hit.explanation))


_COLUMNS = (
    ("", "right"),
    ("TITLE", "left"),
    ("UPLOADER", "left"),
    ("PLAYS", "right"),
    ("SCORE", "right"),
    ("COARSE", "right"),
    ("RANK", "left"),
    ("FOUND BY", "left"),
    ("ID", "left"),
)


def _mark(hit: Hit) -> str:
    if hit.rank == "fine":
        return f"[green]fine[/green] {hit.tier}"
    return f"[yellow]coarse[/yellow] {hit.cause}" if hit.cause else "coarse"


def _plays(source: Mapping[str, Any]) -> str:
    return f"{int(source.get('plays', 0)):,}"


def _plain(text: str) -> str:
    return text.replace("[", r"\[")
