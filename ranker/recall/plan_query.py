"""What the engine's `encore` clause becomes: the coarse query, and beside it the entities of a plan.

    ((BM25 + PROXIMITY_BOOST · proximity) + Σ entities) · (1 + POPULARITY_WEIGHT · popularity)

An entity that stands in a video (any of its names, as a phrase, in any of its kind's fields) adds
`BOOSTS[kind] · trust`, whatever the field and however often. Entities of one kind and one place in the
text are readings of the same words (songs of one title, artists of one name): the best of them counts.
Those of other places add up. A video that no word of the text finds is found by an entity.

The plugin builds this in Java; `tests/contract/plan/boosts.json` holds the constants of both sides.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from ranker.recall.coarse import COARSE_NAME, coarse_query
from ranker.understanding.plan import KINDS, EntityKind, PlanEntity

# Beside BM25 of 5 to 30. Chosen by recall of good videos on 347 queries of the demo world that are not the
# evaluation's, at 500 and at 100 (artist and song, version, style and language):
# 0 .922 .775; 4, 1, 1 .931 .838; 8, 1, 1 .937 .859; 16, 1, 1 .937 .854; 8, 0, 0 .933 .852; 8, 2, 4 .941 .862;
# 8, 4, 8 .939 .861; 16, 4, 4 .942 .857. (0: an entity finds, and adds nothing.)
BOOSTS: Final[dict[EntityKind, float]] = {
    "artist": 8.0,
    "song": 8.0,
    "version": 2.0,
    "style": 4.0,
    "language": 4.0,
}
ENTITY_FIELDS: Final[dict[EntityKind, tuple[str, ...]]] = {
    "artist": ("title", "tags", "uploader"),
    "song": ("title", "tags"),
    "version": ("title", "tags"),
    "style": ("title", "tags"),
    "language": ("title", "tags"),
}
ENTITY_NAME: Final = "encore.entity."
"""Prefix of the named query of each kind."""


def entity_clauses(entities: Sequence[PlanEntity]) -> list[dict[str, Any]]:
    """One clause a kind, named, at most five; none for a kind that the text doesn't name."""
    clauses = []
    for kind in KINDS:
        places: dict[tuple[int, int], list[PlanEntity]] = {}
        for entity in entities:
            if entity.kind == kind:
                places.setdefault((entity.start, entity.end), []).append(entity)
        if places:
            should = [_best_reading(readings) for readings in places.values()]
            clauses.append({"bool": {"_name": ENTITY_NAME + kind, "should": should}})
    return clauses


def _best_reading(readings: Iterable[PlanEntity]) -> dict[str, Any]:
    return {"dis_max": {"queries": [_found(entity) for entity in readings]}}


def _found(entity: PlanEntity) -> dict[str, Any]:
    """The entity's boost where one of its names stands as a phrase in one of its fields."""
    phrases = [
        {"multi_match": {"query": name, "type": "phrase", "fields": list(ENTITY_FIELDS[entity.kind])}}
        for name in entity.names
    ]
    boost = BOOSTS[entity.kind] * entity.trust
    return {"constant_score": {"filter": {"bool": {"should": phrases}}, "boost": boost}}


def plan_query(text: str, entities: Sequence[PlanEntity]) -> dict[str, Any]:
    """The query of the coarse score with the entity route, for `_search` under "query"."""
    query = coarse_query(text)
    clauses = entity_clauses(entities)
    if clauses:
        scored = query["function_score"]
        assert scored["_name"] == COARSE_NAME
        scored["query"] = {"bool": {"should": [scored["query"], *clauses], "minimum_should_match": 1}}
    return query
