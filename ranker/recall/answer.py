"""What an engine's `_search` answer says, typed: hits with both scores, and what was degraded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ranker.recall.coarse import COARSE_NAME, KNN_NAME

REQUEST_ID = "x-encore-request-id"
DEGRADED = "x-encore-degraded"
_ROUTE = "encore."
_NO_ROUTES = ("encore.proximity", "encore.popularity", "encore.filter")  # they add or hold, they find nothing
_TIERS = ("bad", "fair-fair", "fair-good", "good")


@dataclass(frozen=True)
class Hit:
    """One video of an answer.

    `rank` is "fine" or "coarse"; `cause` says why a hit of a fine search is coarse; `tier` is the
    relevance tier that the final score 1 + tier + u states, of a finely ranked hit. `routes` found it:
    `text`, `entity.artist` and so on, `vector`; none where the search didn't name them. `plan_cause` says
    why there was no plan.
    """

    id: str
    title: str
    score: float
    coarse_score: float | None
    rank: str
    cause: str | None
    tier: str | None
    source: Mapping[str, Any]
    explanation: Mapping[str, Any] | None
    routes: tuple[str, ...] = ()
    plan_cause: str | None = None

    def as_json(self) -> dict[str, Any]:
        """For programs; what a hit lacks is left out."""
        known = {
            "id": self.id,
            "title": self.title,
            "score": self.score,
            "coarse_score": self.coarse_score,
            "rank": self.rank,
            "tier": self.tier,
            "cause": self.cause,
            "routes": list(self.routes) or None,
            "plan_cause": self.plan_cause,
        }
        return {name: value for name, value in known.items() if value is not None}


@dataclass(frozen=True)
class Answer:
    """One page of hits. `total` counts the matches, up to the engine's limit of 10,000."""

    request_id: str | None
    degraded: tuple[str, ...]
    total: int
    took_milliseconds: int
    hits: tuple[Hit, ...]

    def as_json(self) -> dict[str, Any]:
        """{"request_id", "hits", "degraded"}: `degraded` lists the causes, none when all went well."""
        return {
            "request_id": self.request_id,
            "hits": [hit.as_json() for hit in self.hits],
            "degraded": list(self.degraded),
        }


def read_answer(body: Mapping[str, Any], headers: Mapping[str, str]) -> Answer:
    """Read a 200 of `_search` and its headers (names in lower case)."""
    causes = (cause.strip() for cause in headers.get(DEGRADED, "").split(","))
    found = body["hits"]
    return Answer(
        request_id=headers.get(REQUEST_ID),
        degraded=tuple(cause for cause in causes if cause),
        total=found.get("total", {}).get("value", len(found["hits"])),
        took_milliseconds=body["took"],
        hits=tuple(_hit(hit) for hit in found["hits"]),
    )


def _hit(hit: Mapping[str, Any]) -> Hit:
    marks = hit.get("fields", {}).get("encore", [{}])
    mark = marks[0] if marks else {}
    rank = mark.get("rank", "coarse")
    named = hit.get("matched_queries", {})
    scores = [named[name] for name in (COARSE_NAME, KNN_NAME) if name in named] if named else []
    source = hit.get("_source", {})
    return Hit(
        id=hit["_id"],
        title=source.get("title", ""),
        score=hit["_score"],
        coarse_score=sum(scores) if scores else None,
        rank=rank,
        cause=mark.get("cause"),
        tier=_TIERS[min(max(int(hit["_score"]) - 1, 0), 3)] if rank == "fine" else None,
        source=source,
        explanation=hit.get("_explanation"),
        routes=_routes(named),
        plan_cause=mark.get("plan_cause"),
    )


def _routes(named: Iterable[str]) -> tuple[str, ...]:
    found = (name for name in named if name.startswith(_ROUTE) and name not in _NO_ROUTES)
    return tuple(sorted(name.removeprefix(_ROUTE) for name in found))
