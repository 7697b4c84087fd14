"""run/state.json: who runs where, for everybody who only wants to read."""

import json
from collections.abc import Mapping
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
    """Who runs: {pid, started_ms, product, engine: {url, pid}, ranker: {url, pid}, model_server: {…, pid}}.

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


def settled(settings: Settings, running: Mapping[str, Any] | None = None) -> Settings:
    """The settings, with the engine that runs in this data folder; as they are where nothing runs.

    So `encore up --engine opensearch` holds for every later command.

    Args:
        settings: As the environment has them.
        running: What `read` returned, if it was called already.
    """
    if running is None:
        try:
            running = read(settings)
        except EncoreError:
            return settings
    return settings.model_copy(update={"engine": running.get("product", settings.engine)})
