"""From the journals of snapshots to the tables, a bounded piece at a time, each piece all or not at all."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import polars as pl

from ranker.features.log import day_of
from ranker.features.snapshots.files import DAY, TableFile, write_file
from ranker.features.snapshots.frames import Positioned, request_frame, snapshot_frames
from ranker.features.snapshots.journals import lost_behind, number_older, read_from
from ranker.features.snapshots.record import decode
from ranker.features.snapshots.tables import REQUESTS_FOLDER, SNAPSHOTS_FOLDER, Tables

BYTES_AT_ONCE: Final = 48 << 20  # of records; memory is some four times that


@dataclass(frozen=True)
class Compacted:
    """What one call brought: requests that are new, rows of candidates, and files lost before, in all."""

    requests: int
    rows: int
    lost: int


def compact(root: Path, journals: Path, bytes_at_once: int = BYTES_AT_ONCE) -> Compacted:
    """Add to the tables in `root` what the journals have beyond them.

    A kill at any moment leaves the tables as they were before a piece or after it; the next call goes on
    there. A request whose id is known (a later page, another shard) is no row of `requests` again.
    """
    tables = Tables.open(root)
    requests = rows = 0
    with tables.writing():
        number_older(journals)
        before = tables.manifest
        lost, start = lost_behind(journals, before.until)
        if lost:
            tables.commit(msgspec.structs.replace(before, lost=before.lost + lost, until=start))
        for piece in _pieces(read_from(journals, start), bytes_at_once):
            new_requests, new_rows = add(tables, piece)
            requests += new_requests
            rows += new_rows
    return Compacted(requests, rows, tables.manifest.lost)


def add(tables: Tables, piece: list[Positioned]) -> tuple[int, int]:
    """Write records as files and make them valid; returns (new requests, rows). The caller is the writer."""
    manifest = tables.manifest
    until = piece[-1][0]
    name = f"{manifest.until:020d}-{until:020d}"
    by_day: dict[int, list[Positioned]] = defaultdict(list)
    for positioned in piece:
        by_day[int(day_of(positioned[1].now))].append(positioned)
    times = [record.now for _, record in piece]
    whole = request_frame(piece)
    known = tables.known(whole["request_id"], min(times), max(times))
    fresh = whole.filter(~pl.col("request_id").is_in(list(known)))
    requests: list[TableFile] = []
    snapshots: list[TableFile] = []
    for day, records in sorted(by_day.items()):
        of_day = fresh.filter(DAY.eq(day))
        if len(of_day):
            requests.append(write_file(tables.root, REQUESTS_FOLDER, name, of_day, until))
        for number, frame in enumerate(snapshot_frames(records)):
            more = f"-{number}" if number else ""
            snapshots.append(write_file(tables.root, SNAPSHOTS_FOLDER, name + more, frame, until))
    tables.commit(
        msgspec.structs.replace(
            manifest,
            until=until,
            requests=(*manifest.requests, *requests),
            snapshots=(*manifest.snapshots, *snapshots),
        )
    )
    return len(fresh), sum(file.rows for file in snapshots)


def _pieces(records: Iterable[tuple[int, bytes]], most: int) -> Iterator[list[Positioned]]:
    piece: list[Positioned] = []
    size = 0
    for position, payload in records:
        piece.append((position, decode(payload)))
        size += len(payload)
        if size >= most:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece
