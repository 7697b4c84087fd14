"""The snapshot of a request: what the ranker saw when it scored, from the very pass that scored it.

One record a ranker call (a search asks once a shard, or once for its global window), msgpack with raw
little-endian arrays, in a journal. A snapshot row is (request_id, video_id).
"""

from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

SCHEMA: Final = 1


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, array_like=False):
    """One ranker call.

    Arrays are raw bytes: `dense` float32 (n, dense_names), `ids` int64 (n, id_names), `match` float32
    (n, match_names), `coarse` float32 (n,), `tier` uint8 (n,), `u` float64 (n,), `parts` float32
    (n, part_names). `now` is UTC milliseconds, `stage` the wire's: "shard" or "global". `events_position`
    is how far the online store had read the log of events; None without such a store.
    """

    schema: int
    request_id: str
    query: str
    user: str | None
    context: dict[str, Any]
    now: int
    index: str
    generation: str
    versions: dict[str, str]
    video_ids: list[str]
    dense_names: list[str]
    id_names: list[str]
    match_names: list[str]
    part_names: list[str]
    dense: bytes
    ids: bytes
    match: bytes
    coarse: bytes
    tier: bytes
    u: bytes
    parts: bytes
    stage: str = "shard"
    events_position: int | None = None


encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Snapshot).decode


def rows(snapshot: Snapshot) -> pl.DataFrame:
    """One row a candidate: request_id, video_id, user, now, stage, each feature by name, scores and parts.

    A part that is a score (tier, u) is there once, as precise as it was answered.
    """
    count = len(snapshot.video_ids)
    frame = pl.DataFrame(
        {
            "request_id": [snapshot.request_id] * count,
            "video_id": snapshot.video_ids,
            "query": [snapshot.query] * count,
            "user_id": pl.Series([snapshot.user] * count, dtype=pl.String),
            "now": pl.Series([snapshot.now] * count, dtype=pl.Int64),
            "stage": pl.Series([snapshot.stage] * count, dtype=pl.String),
            "coarse_score": np.frombuffer(snapshot.coarse, "<f4"),
            "tier": np.frombuffer(snapshot.tier, np.uint8),
            "u": np.frombuffer(snapshot.u, "<f8"),
        }
    )
    families: tuple[tuple[list[str], bytes, str], ...] = (
        (snapshot.dense_names, snapshot.dense, "<f4"),
        (snapshot.id_names, snapshot.ids, "<i8"),
        (snapshot.match_names, snapshot.match, "<f4"),
        (snapshot.part_names, snapshot.parts, "<f4"),
    )
    for names, data, kind in families:
        values: npt.NDArray[Any] = np.frombuffer(data, kind).reshape(count, len(names))
        frame = frame.with_columns(
            pl.Series(name, values[:, i]) for i, name in enumerate(names) if name not in frame.columns
        )
    return frame
