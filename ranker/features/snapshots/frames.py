"""Rows of the tables `requests` and `snapshots`, made of many records at once."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from ranker.features.snapshots.record import Snapshot

Positioned = tuple[int, Snapshot]
"""A record with its position in the log."""

REQUESTS: Final = pl.Schema(
    {
        "request_id": pl.String,
        "query": pl.String,
        "user_id": pl.String,
        "now": pl.Int64,
        "device": pl.String,
        "page": pl.Int32,
        "index": pl.String,
        "generation": pl.String,
        "context": pl.String,
    }
)
"""`query` is null where there was none (a feed), `context` is JSON; see `record.Snapshot`."""

_json = msgspec.json.Encoder(order="sorted").encode


def request_frame(records: Sequence[Positioned]) -> pl.DataFrame:
    """One row a request, of its first record."""
    first: dict[str, Snapshot] = {}
    for _, record in records:
        first.setdefault(record.request_id, record)
    rows = [
        (
            one.request_id,
            one.query,
            one.user,
            one.now,
            _text(one.context.get("device")),
            _whole(one.context.get("page")),
            one.index,
            one.generation,
            _json(one.context).decode(),
        )
        for one in first.values()
    ]
    return pl.DataFrame(rows, schema=REQUESTS, orient="row")


def snapshot_frames(records: Sequence[Positioned]) -> Iterator[pl.DataFrame]:
    """One row a candidate, in the order of the log; records of other features come in another frame."""
    alike: dict[tuple[tuple[str, ...], ...], list[Positioned]] = defaultdict(list)
    for positioned in records:
        one = positioned[1]
        if one.video_ids:
            families = (one.dense_names, one.id_names, one.match_names, one.part_names)
            alike[tuple(map(tuple, families))].append(positioned)
    for names, group in alike.items():
        yield _frame(names, group)


def _frame(names: tuple[tuple[str, ...], ...], group: Sequence[Positioned]) -> pl.DataFrame:
    records = [record for _, record in group]
    counts = np.array([len(record.video_ids) for record in records])

    def spread(values: list[Any], dtype: type[pl.DataType]) -> pl.Series:
        return pl.Series(values, dtype=dtype).gather(np.repeat(np.arange(len(records)), counts))

    columns = {
        "request_id": spread([record.request_id for record in records], pl.String),
        "video_id": pl.Series([item for record in records for item in record.video_ids], dtype=pl.String),
        "now": spread([record.now for record in records], pl.Int64),
        "stage": spread([record.stage for record in records], pl.String),
        "coarse_score": _numbers([record.coarse for record in records], "<f4"),
        "tier": _numbers([record.tier for record in records], "u1"),
        "u": _numbers([record.u for record in records], "<f8"),
    }
    families = (
        (names[0], [record.dense for record in records], "<f4"),
        (names[1], [record.ids for record in records], "<i8"),
        (names[2], [record.match for record in records], "<f4"),
        (names[3], [record.parts for record in records], "<f4"),
    )
    for of_family, data, kind in families:
        rows = _numbers(data, kind).reshape(int(counts.sum()), len(of_family))
        for name, values in zip(of_family, np.ascontiguousarray(rows.T), strict=True):
            # A part that is a score stands there as precise as it was answered; `match` repeats features.
            columns.setdefault(name, values)
    columns["versions"] = spread([_json(record.versions).decode() for record in records], pl.String)
    columns["events_position"] = spread([record.events_position for record in records], pl.Int64)
    columns["log_position"] = spread([position for position, _ in group], pl.Int64)
    return pl.DataFrame(columns)


def _numbers(data: list[bytes], kind: str) -> npt.NDArray[Any]:
    return np.frombuffer(b"".join(data), kind)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and abs(value) < 1 << 31 else None
