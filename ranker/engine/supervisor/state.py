"""run/state.json: who runs where, for everybody who only wants to read."""

import json
from pathlib import Path
from typing import Any

from ranker.catalog.whole_file import write_whole
from ranker.engine.lock import is_alive
from ranker.errors import EncoreError
from ranker.settings import Settings

FILE = "state.json"


def write(run: Path, state: dict[str, Any]) -> None:
    """Replaces the file at once."""
    write_whole(run / FILE, (json.dumps(state, indent=2) + "\n").encode())


def remove(run: Path) -> None:
    """Says that nothing runs."""
    (run / FILE).unlink(missing_ok=True)


def read(settings: Settings) -> dict[str, Any]:
    """The running parts: {pid, started_ms, engine: {url, pid}, ranker: {url, pid}, model_server: {…, pid}}.

    A part's pid is null while it is between two runs; model_server is null when models run in the ranker.

    Raises:
        EncoreError: Nothing runs in this data folder.
    """
    try:
        state: dict[str, Any] = json.loads((settings.run / FILE).read_bytes())
    except FileNotFoundError:
        state = {}
    if not state or not is_alive(state["pid"]):
        raise EncoreError(f"nothing runs in [{settings.data}]: start it with 'encore up'")
    return state
