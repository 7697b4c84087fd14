"""Searches whose whole window one ranker call orders; videos and orders are those of `fine_rank_songs`."""

from typing import Any

from tests.engine.fine_rank_songs import BY_HEAT

WINDOW = 40


def encore(inner: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """The retriever, over the query by heat unless an inner one is given."""
    asked = {"query": "song", "rank_window_size": WINDOW} | fields
    return {"encore": {"retriever": inner or {"standard": {"query": BY_HEAT}}, **asked}}


def body(
    size: int = 10, inner: dict[str, Any] | None = None, *, ask: dict[str, Any] | None = None, **more: Any
):
    """A search by it; `ask` goes into the retriever."""
    return {"retriever": encore(inner, **(ask or {})), "size": size, "_source": False, **more}
