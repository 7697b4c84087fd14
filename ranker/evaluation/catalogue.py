"""A real catalogue under real queries: is everything indexed known, and every answer finely ranked?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import httpx
import msgspec
from prometheus_client.parser import text_string_to_metric_families

from ranker.engine.rest import EngineRest
from ranker.errors import EncoreError
from ranker.evaluation.load import connect, search_once
from ranker.evaluation.queries import Question
from ranker.recall.coarse import PARAMETERS, search_body
from ranker.serving.wire import MOST_CANDIDATES

_TIMEOUT_SECONDS: Final = 10.0


@dataclass(frozen=True)
class CatalogueCheck:
    """What came out.

    Attributes:
        documents: `_count` of the index.
        rows: Rows of its generation in the ranker.
        queries: Asked.
        matched: Those that found something.
        degraded: Answers that were degraded or failed.
        scored: Candidates that the ranker scored for them.
        unknown: Candidates among them that it did not know.
    """

    documents: int
    rows: int
    queries: int
    matched: int
    degraded: int
    scored: int
    unknown: int

    @property
    def ok(self) -> bool:
        """Everything indexed is known to the ranker, and no answer was degraded."""
        return self.documents == self.rows and not self.degraded and not self.unknown


def check(
    engine: EngineRest,
    ranker_url: str,
    index: str,
    questions: Sequence[Question],
    window: int,
    progress: Callable[[int], None],
) -> CatalogueCheck:
    """Ask every question with `fine_rank` over the window; nobody else may search meanwhile.

    Raises:
        EncoreError: The ranker doesn't hold the generation that the index serves.
    """
    if window > MOST_CANDIDATES:
        raise EncoreError(f"window [{window}] exceeds the ranker's limit of [{MOST_CANDIDATES}]")
    generation = next(iter(engine.call("GET", f"/{index}/_mapping")))
    with httpx.Client(base_url=ranker_url, timeout=_TIMEOUT_SECONDS, trust_env=False) as ranker:
        rows = _rows(ranker, generation)
        before = _candidates(ranker)
        connection = connect(engine.url)
        parameters = "&".join(f"{name}={value}" for name, value in PARAMETERS.items())
        matched = degraded = 0
        for i, question in enumerate(questions):
            body = search_body(question.text, question.user, window=window)
            search = search_once(connection, f"/{index}/_search?{parameters}", msgspec.json.encode(body))
            matched += search.hits > 0
            degraded += not search.is_fine
            progress(i + 1)
        connection.close()
        after = _candidates(ranker)
    return CatalogueCheck(
        documents=engine.call("GET", f"/{index}/_count")["count"],
        rows=rows,
        queries=len(questions),
        matched=matched,
        degraded=degraded,
        scored=after["scored"] - before["scored"],
        unknown=after["unknown"] - before["unknown"],
    )


def _rows(ranker: httpx.Client, generation: str) -> int:
    held = {item["generation"]: item["rows"] for item in ranker.get("/v1/generations").json()["generations"]}
    if generation not in held:
        raise EncoreError(f"the ranker holds [{', '.join(held)}], not [{generation}]; build the index again")
    return int(held[generation])


def _candidates(ranker: httpx.Client) -> dict[str, int]:
    counts = {"scored": 0, "stored": 0, "unknown": 0}
    for family in text_string_to_metric_families(ranker.get("/metrics").text):
        for sample in family.samples:
            if sample.name == "encore_candidates_total":
                counts[sample.labels["how"]] = int(sample.value)
    return counts
