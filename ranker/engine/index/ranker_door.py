"""How a generation's columns are activated and mended: through the running ranker, or on disk."""

import json
import ssl
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import httpx
import msgspec

from ranker.catalog.video import Video
from ranker.catalog.whole_file import write_whole
from ranker.engine.index.generation import HELD
from ranker.engine.index.naming import index_of
from ranker.errors import EncoreError, MissingPartError
from ranker.features.columns import VideoColumns
from ranker.features.overlay import Change

_BATCH = 1000  # videos a request: well below the ranker's limit on a body
_TIMEOUT_SECONDS = 60.0
_ACTIVE = "active.json"  # the ranker's own note of what it holds, oldest first; read at its start


class RankerDoor(Protocol):
    """Who changes a generation's columns. Every change is durable on return."""

    running: bool

    def held(self) -> dict[str, int]:
        """Generations in memory, and their rows."""
        ...

    def activate(self, generation: str) -> int:
        """Make it the newest that the ranker holds; returns its rows."""
        ...

    def write(self, generation: str, changes: Sequence[Change]) -> None:
        """Apply upserts and deletes in their order."""
        ...


class OfflineRanker:
    """No ranker runs: columns are mended in the folder, and the next start finds the generation."""

    running = False

    def __init__(self, generations: Path) -> None:
        self._generations = generations

    def activate(self, generation: str) -> int:
        """Note it for the ranker's next start; returns its rows."""
        path = self._generations / _ACTIVE
        held: list[str] = json.loads(path.read_text("utf-8")) if path.exists() else []
        held = [name for name in held if name != generation] + [generation]
        # As the ranker does: so many of each index.
        of_index = [name for name in held if index_of(name) == index_of(generation)]
        gone = of_index[:-HELD]
        write_whole(path, json.dumps([name for name in held if name not in gone]).encode())
        return count_rows(self._generations / generation)

    def held(self) -> dict[str, int]:
        """Nothing: no process holds columns."""
        return {}

    def write(self, generation: str, changes: Sequence[Change]) -> None:
        """Log the changes in the generation's folder."""
        write_columns(self._generations / generation, changes)


class RunningRanker:
    """The ranker at an address. A generation that it does not hold is mended in the folder.

    Args:
        url: Its address.
        generations: Where both find a generation's folder.
        token: Its bearer token, if it asks for one.
        tls: Which certificates it is known by; None: the system's.
    """

    running = True

    def __init__(
        self, url: str, generations: Path, token: str | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self._offline = OfflineRanker(generations)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(
            base_url=url, timeout=_TIMEOUT_SECONDS, headers=headers, trust_env=False, verify=tls or True
        )

    def held(self) -> dict[str, int]:
        """Rows by generation."""
        held = self._call("GET", "/v1/generations", None)["generations"]
        return {entry["generation"]: int(entry["rows"]) for entry in held}

    def versions(self) -> dict[str, dict[str, str]]:
        """What answers for each generation: versions of models, formula, dictionary and features."""
        held = self._call("GET", "/v1/generations", None)["generations"]
        return {entry["generation"]: entry["versions"] for entry in held}

    def activate(self, generation: str) -> int:
        """Load it; returns its rows."""
        return int(self._call("POST", f"/v1/generations/{generation}/activate", None)["rows"])

    def write(self, generation: str, changes: Sequence[Change]) -> None:
        """Send the changes, neighbours of one kind at a time."""
        sent = 0
        for run in _runs(changes):
            kind = run[0].do
            method = "POST" if kind == "upsert" else "DELETE"
            body = [change.video if kind == "upsert" else change.id for change in run]
            try:
                self._call(method, f"/v1/generations/{generation}/videos", msgspec.json.encode(body))
            except _NotHeldError:
                self._offline.write(generation, changes[sent:])
                return
            sent += len(run)

    def _call(self, method: str, path: str, content: bytes | None) -> Any:
        try:
            answer = self._http.request(method, path, content=content)
        except httpx.TransportError as error:
            raise MissingPartError(
                f"the ranker at [{self._http.base_url}] does not answer ({error}): see `encore status`"
            ) from None
        if answer.status_code == 200:
            return answer.json()
        cause, reason = _error(answer)
        if cause == "generation_unknown":
            raise _NotHeldError(reason)
        raise EncoreError(f"the ranker refused [{method} {path}] with [{answer.status_code}]: {reason}")


class _NotHeldError(EncoreError):
    """The ranker does not hold the generation."""


def write_columns(folder: Path, changes: Sequence[Change]) -> None:
    """Apply changes to the columns of a generation's folder that no process holds open."""
    columns = VideoColumns.open(folder)
    try:
        for run in _runs(changes):
            if run[0].do == "upsert":
                columns.upsert([change.video for change in run if change.video is not None])
            else:
                columns.delete([change.id for change in run])
    finally:
        columns.close()


def count_rows(folder: Path) -> int:
    """Videos in the columns of a generation's folder."""
    columns = VideoColumns.open(folder)
    try:
        return columns.count
    finally:
        columns.close()


def upserts(videos: Sequence[Video]) -> list[Change]:
    """Changes that write the videos."""
    return [Change(do="upsert", video=video) for video in videos]


def deletes(ids: Sequence[str]) -> list[Change]:
    """Changes that delete the ids."""
    return [Change(do="delete", video_id=item) for item in ids]


def _runs(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Neighbours of one kind together, in order, at most `_BATCH` of them."""
    run: list[Change] = []
    for change in changes:
        if run and (run[0].do != change.do or len(run) == _BATCH):
            yield run
            run = []
        run.append(change)
    if run:
        yield run


def _error(answer: httpx.Response) -> tuple[str, str]:
    try:
        error = answer.json()["error"]
        return error["cause"], error["reason"]
    except (ValueError, KeyError, TypeError):
        return "unknown", answer.text[:300]
