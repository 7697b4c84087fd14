"""Bars of a work with stages, on standard error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


@contextmanager
def stages() -> Iterator[Callable[[str, int, int], None]]:
    """Yield what is told (stage, done, in all): a bar a stage on a terminal, a line at its end elsewhere."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (TextColumn("{task.description:>10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(stage: str, done: int, size: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=size)
            bars.update(tasks[stage], completed=done, total=size)

        yield tell


def _lines(console: Console) -> Callable[[str, int, int], None]:
    def tell(stage: str, done: int, size: int) -> None:
        if done == size:
            console.print(f"{stage}: {size}", markup=False)

    return tell
