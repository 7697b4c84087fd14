"""Real queries of any file against the running index: is every answer fine, every candidate known?"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np

from ranker.engine.rest import EngineRest
from ranker.recall.answer import Answer, read_answer
from ranker.recall.coarse import DEFAULT_WINDOW, PARAMETERS, search_body

_UNKNOWN = 'encore_candidates_total{how="unknown"}'
_METRICS_SECONDS = 10.0


@dataclass(frozen=True)
class Response:
    """One query and its answer."""

    query: str
    answer: Answer
    milliseconds: float


@dataclass
class Outcome:
    """What all queries brought.

    `candidates` were ranked finely (the matches of each query, at most the window); of them `unknown` had
    no row in the ranker's columns.
    """

    asked: list[Response] = field(default_factory=list)
    unknown: int = 0
    window: int = DEFAULT_WINDOW

    def as_json(self) -> dict[str, Any]:
        """Counts, and milliseconds at the client."""
        answers = [entry.answer for entry in self.asked]
        times = [entry.milliseconds for entry in self.asked] or [float("nan")]
        causes = Counter(cause for answer in answers for cause in answer.degraded)
        hits = [hit for answer in answers for hit in answer.hits]
        return {
            "queries": len(self.asked),
            "degraded": sum(bool(answer.degraded) for answer in answers),
            "causes": dict(causes),
            "without_hits": sum(not answer.hits for answer in answers),
            "hits": len(hits),
            "fine_hits": sum(hit.rank == "fine" for hit in hits),
            "candidates": sum(min(answer.total, self.window) for answer in answers),
            "unknown": self.unknown,
            "p50_ms": round(float(np.percentile(times, 50)), 1),
            "p99_ms": round(float(np.percentile(times, 99)), 1),
        }


def sample(texts: Iterable[str], most: int, seed: int) -> list[str]:
    """At most `most` distinct, non-blank texts, the same for the same seed, in the file's order."""
    distinct = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
    if len(distinct) <= most:
        return distinct
    chosen = sorted(random.Random(seed).sample(range(len(distinct)), most))
    return [distinct[place] for place in chosen]


def ask_all(
    engine: EngineRest,
    ranker_url: str,
    index: str,
    queries: Sequence[str],
    *,
    size: int = 10,
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Ask each query once, finely ranked, one after another.

    Args:
        engine: The engine.
        ranker_url: The ranker, whose metrics count unknown candidates.
        index: Index or alias.
        queries: Texts.
        size: Hits of each page.
        progress: Told (queries done, queries in all).
    """
    before = unknown_candidates(ranker_url)
    outcome = Outcome()
    for done, query in enumerate(queries, 1):
        began = time.perf_counter()
        found = engine.exchange("POST", f"/{index}/_search", search_body(query, size=size), PARAMETERS)
        milliseconds = (time.perf_counter() - began) * 1000
        outcome.asked.append(Response(query, read_answer(found.json(), found.headers), milliseconds))
        if progress:
            progress(done, len(queries))
    outcome.unknown = unknown_candidates(ranker_url) - before
    return outcome


def unknown_candidates(ranker_url: str) -> int:
    """How many candidates the ranker has met whose id it did not know, since its start."""
    text = httpx.get(f"{ranker_url}/metrics", timeout=_METRICS_SECONDS, trust_env=False).text
    values = [line.rpartition(" ")[2] for line in text.splitlines() if line.startswith(_UNKNOWN)]
    return int(float(values[0])) if values else 0


def page(asked: Iterable[Response], hits: int = 5) -> str:
    """The answers as text that a person reads: a query, then its first hits with tier and scores."""
    lines = []
    for entry in asked:
        lines.append(f"{entry.query}    ({entry.answer.total} matches)")
        for place, hit in enumerate(entry.answer.hits[:hits], 1):
            tier = hit.tier or f"coarse {hit.cause or ''}".strip()
            coarse = "-" if hit.coarse_score is None else f"{hit.coarse_score:.1f}"
            who = hit.source.get("uploader", "")
            lines.append(f"  {place}. {hit.score:.3f} {tier:<9} {coarse:>5}  {hit.title}  [{who}]")
        lines.append("")
    return "\n".join(lines)
