"""How a search's time grows with the window and with the index: coarse, `fine_rank` and the global rank.

Every size of an index is asked the same questions by one client; window by window and way by way in turns, so
that what else the machine does falls on all alike. The first round warms up.
"""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np

from ranker.engine.rest import EngineRest
from ranker.errors import EncoreError, InvalidInputError
from ranker.evaluation.load import connect, search_once
from ranker.evaluation.queries import Question, that_match
from ranker.recall.coarse import coarse_query, globally_ranked, search_body
from ranker.settings import Engine

WINDOWS: Final = (50, 100, 200, 500, 1_000)
DOCUMENTS: Final = (10_000, 200_000)
COARSE: Final = "coarse"
FINE: Final = "fine_rank"
GLOBAL: Final[Mapping[Engine, str]] = {"elasticsearch": "retriever", "opensearch": "processor"}
_encode = msgspec.json.Encoder().encode
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Row:
    """One way of one window in one index: milliseconds of each question, candidates on average."""

    engine: Engine
    documents: int
    way: str
    window: int
    candidates: float
    milliseconds: tuple[float, ...]

    def percentile(self, q: float) -> float:
        """Of the milliseconds."""
        return float(np.percentile(self.milliseconds, q))

    def as_json(self) -> dict[str, Any]:
        """Its names and numbers."""
        quantiles = {f"p{q}": round(self.percentile(q), 3) for q in (50, 95, 99)}
        return {
            "engine": self.engine,
            "documents": self.documents,
            "way": self.way,
            "window": self.window,
            "candidates": round(self.candidates),
            **quantiles,
        }


@dataclass(frozen=True)
class Scaling:
    """All rows of a run."""

    rows: Sequence[Row]

    def slopes(self) -> list[dict[str, Any]]:
        """Of each way but coarse: median ms beyond coarse as a line of the candidates, by least squares.

        `r2` is 1 where it is a straight line. `flat` is the time a candidate in this index over that in the
        smallest: 1 where the index's size costs nothing.
        """
        found: list[dict[str, Any]] = []
        a_candidate: dict[tuple[Engine, str], list[float]] = defaultdict(list)
        for (engine, documents, way), rows in self._by_way().items():
            coarse = {row.window: row.percentile(50) for row in self._of(engine, documents, COARSE)}
            x = np.array([row.candidates for row in rows])
            y = np.array([row.percentile(50) - coarse[row.window] for row in rows])
            slope, first = np.polyfit(x, y, 1)
            spread = float(((y - y.mean()) ** 2).sum())
            off = float(((y - slope * x - first) ** 2).sum())
            a_candidate[engine, way].append(float(slope))
            found.append(
                {
                    "engine": engine,
                    "documents": documents,
                    "way": way,
                    "milliseconds_a_hundred": round(100 * float(slope), 3),
                    "milliseconds_fixed": round(float(first), 3),
                    "r2": round(1 - off / spread, 4) if spread else 1.0,
                    "flat": round(float(slope) / a_candidate[engine, way][0], 3),
                }
            )
        return found

    def _by_way(self) -> dict[tuple[Engine, int, str], list[Row]]:
        ways: dict[tuple[Engine, int, str], list[Row]] = defaultdict(list)
        for row in self.rows:
            if row.way != COARSE:
                ways[row.engine, row.documents, row.way].append(row)
        return ways

    def _of(self, engine: Engine, documents: int, way: str) -> Iterator[Row]:
        return (row for row in self.rows if (row.engine, row.documents, row.way) == (engine, documents, way))

    def as_json(self) -> dict[str, Any]:
        """{"rows": […], "slopes": […]}."""
        return {"rows": [row.as_json() for row in self.rows], "slopes": self.slopes()}


def engines(name: str) -> list[Engine]:
    """Those of a name: one, or `both`.

    Raises:
        InvalidInputError: It is none.
    """
    known: dict[str, list[Engine]] = {engine: [engine] for engine in GLOBAL}
    known["both"] = list(GLOBAL)
    if name not in known:
        raise InvalidInputError(f"--engine [{name}] is not one of [{', '.join(known)}]")
    return known[name]


def measure(
    engine: EngineRest,
    product: Engine,
    indices: Mapping[int, str],
    questions: Sequence[Question],
    most: int,
    rounds: int,
    progress: Progress,
) -> list[Row]:
    """Measure one engine's indices, by their numbers of documents.

    Args:
        engine: Where they are.
        product: Which engine it is.
        indices: Name by documents.
        questions: Of which those that match something in every index are asked.
        most: How many are asked.
        rounds: Times each counts; the median of its rounds stands for it.
        progress: Told (what, done, in all).

    Raises:
        EncoreError: A search failed or was degraded: its time would say nothing.
    """
    asked = questions
    for index in indices.values():
        asked = that_match(engine, index, asked)
    asked = asked[:most]
    connection = connect(engine.url)
    times: dict[tuple[int, str, int], dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for turn in range(rounds + 1):
        for number, question in enumerate(asked):
            for documents, index in indices.items():
                for window in WINDOWS:
                    for way, body in _bodies(question, window, product).items():
                        search = search_once(connection, f"/{index}/_search", _encode(body))
                        if search.status != 200 or search.degraded:
                            raise EncoreError(
                                f"[{question.text}] was answered with [{search.status}] by {way} at"
                                f" [{window}] and degraded by [{search.degraded}];"
                                " mend that and measure again"
                            )
                        if turn:
                            times[documents, way, window][number].append(search.milliseconds)
            progress(f"{product}: rounds", turn * len(asked) + number + 1, (rounds + 1) * len(asked))
    connection.close()
    found = {documents: _matches(engine, index, asked) for documents, index in indices.items()}
    return [
        Row(
            product,
            documents,
            way,
            window,
            statistics.mean(min(window, count) for count in found[documents]),
            tuple(statistics.median(values) for values in of_question.values()),
        )
        for (documents, way, window), of_question in times.items()
    ]


def _bodies(question: Question, window: int, product: Engine) -> dict[str, dict[str, Any]]:
    text, user = question
    coarse = search_body(text, user, fine=False)
    return {
        COARSE: coarse,
        FINE: search_body(text, user, window=window),
        GLOBAL[product]: globally_ranked(coarse, text, user, window, product),
    }


def _matches(engine: EngineRest, index: str, asked: Sequence[Question]) -> list[int]:
    most = max(WINDOWS)
    found = []
    for question in asked:
        body = {"query": coarse_query(question.text), "size": 0, "track_total_hits": most}
        found.append(int(engine.call("POST", f"/{index}/_search", body)["hits"]["total"]["value"]))
    return found
