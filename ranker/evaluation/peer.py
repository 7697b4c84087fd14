"""The measurement that the learning-to-rank plugin of another engine was given, of `fine_rank`.

One shard, one segment, one client: BM25's first ten, a control that rescores 500 by `match_all`, `fine_rank`
at 100 and 500; what the processes compute a query; searches a second with eight clients. The models' own
share is measured apart: the served graphs on the requests' own tensors, one thread, in process. The plugin's
and the hop's share too: the same `fine_rank` at 500, answered by a ranker that scores with nothing.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np
import psutil

from ranker.engine.rest import EngineRest
from ranker.engine.supervisor import state
from ranker.errors import EncoreError
from ranker.evaluation.empty_ranker import empty_ranker
from ranker.evaluation.latency import record_calls
from ranker.evaluation.load import Clients, connect, search_once
from ranker.evaluation.model_cost import RecordingModelServer, ServedGraphs
from ranker.evaluation.queries import Question, that_match
from ranker.evaluation.stack import Stack
from ranker.recall.coarse import search_body, words_query
from ranker.settings import Settings

DOCUMENTS: Final = 200_000
QUERIES: Final = 1_000
CLIENTS: Final = 8
BM25: Final = "BM25"
CONTROL: Final = "match_all 500"
WINDOWS: Final = (100, 500)
PLUGIN_AND_HOP: Final = "empty ranker 500"
PARTS: Final = ("engine", "ranker", "model_server")
_CONTROL_WINDOW: Final = 500
_WARM_UP_ROUNDS: Final = 2
_LOAD_SECONDS: Final = 10.0
_LOAD_WARM_UP_SECONDS: Final = 2.0
Progress = Callable[[str, int, int], None]
Body = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """One row: wall milliseconds of each query, CPU milliseconds a query by part, searches a second."""

    milliseconds: Sequence[float]
    cpu: Mapping[str, float]
    a_second: float


@dataclass(frozen=True)
class Peer:
    """All rows by name, and the models' milliseconds of each query by window."""

    documents: int
    kinds: Mapping[str, Kind]
    models: Mapping[int, Sequence[float]]

    def added(self, window: int) -> float:
        """Median wall milliseconds beyond the control's."""
        fine, control = self.kinds[name_of(window)], self.kinds[CONTROL]
        return statistics.median(fine.milliseconds) - statistics.median(control.milliseconds)

    @property
    def plugin_and_hop(self) -> float:
        """Median wall milliseconds of 500 candidates beyond the control's, with nothing computed for them."""
        empty, control = self.kinds[PLUGIN_AND_HOP], self.kinds[CONTROL]
        return statistics.median(empty.milliseconds) - statistics.median(control.milliseconds)

    def as_json(self) -> dict[str, Any]:
        """What the table shows, milliseconds.

        {"rows": {name: {"p50", "p95", "p99", "cpu", "searches_a_second"}}, "models", "added",
        "plugin_and_hop"}
        """
        return {
            "documents": self.documents,
            "queries": len(self.kinds[BM25].milliseconds),
            "rows": {
                name: {
                    **_percentiles(kind.milliseconds),
                    "cpu": {part: round(value, 3) for part, value in kind.cpu.items()},
                    "cpu_all": round(sum(kind.cpu.values()), 3),
                    "searches_a_second": round(kind.a_second, 1),
                }
                for name, kind in self.kinds.items()
            },
            "models": {str(window): _percentiles(values) for window, values in self.models.items()},
            "added": {
                str(window): {
                    "over_control": round(self.added(window), 3),
                    "without_models": round(self.added(window) - statistics.median(self.models[window]), 3),
                }
                for window in self.models
            },
            "plugin_and_hop": round(self.plugin_and_hop, 3),
        }


def name_of(window: int) -> str:
    """The row of a window."""
    return f"fine_rank {window}"


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    return {f"p{q}": round(float(np.percentile(values, q)), 3) for q in (50, 95, 99)}


def bodies(question: Question) -> dict[str, Body]:
    """What each row asks."""
    text, user = question
    words: Body = {"query": words_query(text), "size": 10, "_source": False}
    everything = {"window_size": _CONTROL_WINDOW, "query": {"rescore_query": {"match_all": {}}}}
    fine = {name_of(window): search_body(text, user, window=window)["rescore"] for window in WINDOWS}
    return {BM25: words, CONTROL: words | {"rescore": everything}} | {
        name: words | {"rescore": rescore} for name, rescore in fine.items()
    }


async def measure(
    own: Settings, index: str, questions: Sequence[Question], most: int, progress: Progress
) -> Peer:
    """Measure the running stack of these settings.

    Args:
        own: Its installation.
        index: Merged to one segment first.
        questions: Of which those that match something are asked.
        most: How many.
        progress: Told (what, done, in all).

    Raises:
        EncoreError: A search failed or was degraded, or no Triton runs.
    """
    running = state.read(own)
    if running.get("model_server") is None:
        raise EncoreError("no Triton runs here: the model server's share can't be told apart")
    with EngineRest(running["engine"]["url"], timeout_seconds=3600.0) as engine:
        progress("merging to one segment", 0, 1)
        engine.call("POST", f"/{index}/_forcemerge", parameters={"max_num_segments": "1"})
        documents = int(engine.call("GET", f"/{index}/_count")["count"])
        asked = that_match(engine, index, questions)[:most]
        models = await _models(own, engine, index, asked, running["model_server"]["grpc"], progress)
        by_kind = [bodies(question) for question in asked]
        kinds = {}
        for done, name in enumerate(by_kind[0]):
            progress(name, done, len(by_kind[0]))
            kinds[name] = _kind(running, index, [kind[name] for kind in by_kind])
        progress(PLUGIN_AND_HOP, len(by_kind[0]), len(by_kind[0]))
        stack = Stack(own)
        with empty_ranker() as address, stack.mended_afterwards():
            stack.set_addresses([address])
            kinds[PLUGIN_AND_HOP] = _kind(running, index, [kind[name_of(WINDOWS[-1])] for kind in by_kind])
    return Peer(documents, kinds, models)


async def _models(
    own: Settings,
    engine: EngineRest,
    index: str,
    asked: Sequence[Question],
    address: str,
    progress: Progress,
) -> dict[int, list[float]]:
    server = RecordingModelServer(address)
    graphs = ServedGraphs(own.model_repo)
    try:
        found: dict[int, list[float]] = {}
        for window in WINDOWS:
            calls, _ = await record_calls(own, engine, index, asked, server, progress, window)
            found[window] = [graphs.milliseconds(of_question) for of_question in calls]
        return found
    finally:
        await server.close()


def _kind(running: Mapping[str, Any], index: str, asked: Sequence[Body]) -> Kind:
    """One row: warm, then each query once by one client, then all of them by eight."""
    url = running["engine"]["url"]
    encoded = [msgspec.json.encode(body) for body in asked]
    connection = connect(url)

    def ask(body: bytes) -> float:
        search = search_once(connection, f"/{index}/_search", body)
        if search.status != 200 or search.degraded:
            raise EncoreError(
                f"[{body.decode()}] was answered with [{search.status}] and degraded by [{search.degraded}];"
                " mend that and measure again"
            )
        return search.milliseconds

    for body in encoded * _WARM_UP_ROUNDS:
        ask(body)
    before = _cpu_seconds(running)
    times = [ask(body) for body in encoded]
    after = _cpu_seconds(running)
    connection.close()
    cpu = {part: (after[part] - before[part]) * 1000 / len(times) for part in PARTS}
    return Kind(times, cpu, _a_second(url, index, asked))


def _a_second(url: str, index: str, asked: Sequence[Body]) -> float:
    with Clients(url, index, asked, CLIENTS) as clients:
        time.sleep(_LOAD_WARM_UP_SECONDS)
        start = time.monotonic()
        time.sleep(_LOAD_SECONDS)
        end = time.monotonic()
    answered = [search for search in clients.sent_between(start, end) if search.status == 200]
    return len(answered) / (end - start)


def _cpu_seconds(running: Mapping[str, Any]) -> dict[str, float]:
    """CPU seconds of each part, with the processes that it has started."""
    found = {}
    for part in PARTS:
        process = psutil.Process(running[part]["pid"])
        times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
        found[part] = sum(one.user + one.system for one in times)
    return found
