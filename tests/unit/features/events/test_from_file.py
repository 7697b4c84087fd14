import datetime
import gzip
import json

import polars as pl
import pytest

from ranker.catalog.delimited import BadRow
from ranker.errors import InvalidInputError
from ranker.features.events.from_file import RawEvent, parse_columns, read_event_file

CLICK = {"event_id": "e1", "request_id": "r", "video_id": "BV晴天", "kind": "click", "event_time": 5}
CSV = "event_id,request_id,video_id,kind,event_time,position,seconds,device\n"


def read(path, columns=None, **more):
    """(line, what it says) of each row: an event's fields, or why it is none."""
    rows = read_event_file(path, columns, **more)
    return [(row.line, row.reason if isinstance(row, BadRow) else json.loads(row.body)) for row in rows]


def test_json_lines_are_handed_on_as_they_are(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text(json.dumps(CLICK, ensure_ascii=False) + '\n\n  {"odd": 1}\n', "utf-8")
    assert list(read_event_file(path)) == [
        RawEvent(1, json.dumps(CLICK, ensure_ascii=False).encode()),
        RawEvent(3, b'{"odd": 1}'),
    ]


def test_a_line_that_would_spoil_its_batch_is_refused(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{}]}, {"a": [{\n{"event_id": "e1"\n\xff\n{}\n')
    assert read(path) == [
        (1, "the line is not JSON: [JSON is malformed: trailing characters (byte 3)]"),
        (2, "the line is not JSON: [Input data was truncated]"),
        (3, "the line is not UTF-8: byte 1"),
        (4, {}),
    ]


def test_cells_become_the_fields_types_and_empty_ones_are_left_out(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text(CSV + "e1,7,BV1,play,5,,3.5,\ne2,r,BV1,impression,2026-01-01T00:00:00.5,2,,phone\n")
    assert read(path) == [
        (
            2,
            {
                "event_id": "e1",
                "request_id": "7",
                "video_id": "BV1",
                "kind": "play",
                "event_time": 5,
                "seconds": 3.5,
            },
        ),
        (
            3,
            {
                "event_id": "e2",
                "request_id": "r",
                "video_id": "BV1",
                "kind": "impression",
                "event_time": 1_767_196_800_500,  # 2025-12-31 16:00 UTC
                "position": 2,
                "device": "phone",
            },
        ),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("e,r,v,play,now,,,", "event_time [now] is neither UTC milliseconds nor an ISO 8601 time"),
        ("e,r,v,play,5,1.5,,", "position [1.5] is not a whole number"),
        ("e,r,v,play,5,1000000000000000000,,", "position [1000000000000000000] is not a whole number"),
        ("e,r,v,play,5,,nan,", "seconds [nan] is not a number"),
        ("e,r,v,play,5,,1_0,", "seconds [1_0] is not a number"),
        ("e,r,v,play", "[4] fields where the header has [8]"),
        ('e,"r', "a quoted field opens here and is never closed"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_the_rest_is_kept(tmp_path, row, reason):
    path = tmp_path / "events.csv"
    path.write_text(f"{CSV}{row}\ne1,r,BV1,click,5,,,\n")
    (line, told), (_, kept) = read(path)
    assert (line, told) == (2, reason)
    assert kept["event_id"] == "e1"


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_parquet_may_hold_times_and_floats_for_integers(tmp_path, suffix):
    path = tmp_path / f"events.parquet{suffix}"
    moment = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    table = pl.DataFrame(
        {
            "event_id": [1, 2],
            "event_time": [moment, None],
            "position": [float("nan"), 3.0],
            "device": [None, "phone"],
        }
    )
    plain = tmp_path / "plain.parquet"
    table.write_parquet(plain)
    path.write_bytes(gzip.compress(plain.read_bytes()) if suffix else plain.read_bytes())
    assert read(path) == [
        (1, {"event_id": "1", "event_time": 1_767_225_600_000}),
        (2, {"event_id": "2", "position": 3, "device": "phone"}),
    ]


def test_columns_may_bear_other_names(tmp_path):
    path = tmp_path / "events.tsv.gz"
    path.write_bytes(gzip.compress("\ufeffid\tts\tcity\n1\t5\t上海\n".encode()))
    assert read(path, parse_columns("event_id=id, event_time=ts")) == [
        (2, {"event_id": "1", "event_time": 5})
    ]
    with pytest.raises(InvalidInputError) as error:
        read(path)
    assert str(error.value) == (
        "[id] of [events.tsv.gz] is no field of an event; say with --map which columns are"
    )
    with pytest.raises(InvalidInputError) as error:
        read(path, {"kind": "what"})
    assert str(error.value) == "there is no column [what] in [events.tsv.gz]: [id, ts, city]"


def test_received_times_are_no_column(tmp_path):
    with pytest.raises(InvalidInputError) as error:
        parse_columns("received_time=t")
    assert str(error.value) == (
        "[received_time] is no field of an event; name one of"
        " [event_id, request_id, video_id, kind, event_time, user_id, position, seconds, device, schema]"
    )
    with pytest.raises(InvalidInputError) as error:
        parse_columns("event_id")
    assert str(error.value) == "--map [event_id] is not of the form field=column"


def test_files_that_are_none(tmp_path):
    with pytest.raises(InvalidInputError) as error:
        read(tmp_path / "none.jsonl")
    assert str(error.value) == f"there is no event file [{tmp_path / 'none.jsonl'}]"
    path = tmp_path / "events.jsonl.gz"
    path.write_bytes(gzip.compress(b"{}\n" * 100)[:-9])
    with pytest.raises(InvalidInputError) as error:
        read(path)
    assert str(error.value).startswith(f"[{path}] is damaged or cut short: ")
    (tmp_path / "events.parquet").write_bytes(b"PAR0")
    with pytest.raises(InvalidInputError, match=r"is not a Parquet file"):
        read(tmp_path / "events.parquet")
    (tmp_path / "events.csv").write_bytes(b"")
    with pytest.raises(InvalidInputError) as error:
        read(tmp_path / "events.csv")
    assert str(error.value) == f"[{tmp_path / 'events.csv'}] has no header: it is empty"
    (tmp_path / "l.jsonl").write_bytes(b"{}\n")
    with pytest.raises(InvalidInputError) as error:
        read(tmp_path / "l.jsonl", {"kind": "k"})
    assert str(error.value) == "--map is for files with columns; JSON lines name their fields"
