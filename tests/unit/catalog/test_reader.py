import gzip
import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranker.catalog.column_map import ColumnMap
from ranker.catalog.delimited import BadRow
from ranker.catalog.reader import read_catalog
from ranker.catalog.video import Video
from ranker.errors import InvalidInputError

MAP = ColumnMap.parse("id=id,title=title,plays=plays")


def read(tmp_path, content, name="videos.csv", columns=MAP, **options):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_catalog(path, columns, **options))


def titles(rows):
    return [row.title for row in rows]


def test_unmapped_columns_get_their_defaults_and_the_uploader_is_its_own_id(tmp_path):
    columns = ColumnMap.parse("id=bv,title=name,artist=up")
    assert read(tmp_path, "up,bv,name,x\n杰威尔,BV1,晴天,9\n", columns=columns) == [
        Video(video_id="BV1", title="晴天", uploader="杰威尔", uploader_id="杰威尔")
    ]


def test_an_uploader_whose_name_is_no_id_needs_one(tmp_path):
    columns = ColumnMap.parse("id=id,title=title,artist=up")
    (bad,) = read(tmp_path, "id,title,up\nBV1,晴天," + "a" * 513, columns=columns)
    assert str(bad) == f"line 2: uploader_id [{'a' * 20}…] is longer than 512 bytes"


def test_without_a_map_columns_are_found_by_name(tmp_path):
    rows = read(tmp_path, "id,title,views,other\nBV1,晴天,3,x\n", columns=None)
    assert rows == [Video(video_id="BV1", title="晴天", plays=3)]


def test_quoted_fields_hold_delimiters_quotes_and_new_lines(tmp_path):
    rows = read(tmp_path, 'id,title,plays\nBV1,"一,二 ""三""\n四",1\nBV2,五,2\n')
    assert titles(rows) == ['一,二 "三" 四', "五"]


def test_a_bare_carriage_return_stays_inside_its_title(tmp_path):
    assert titles(read(tmp_path, "id,title,plays\nBV1,上\r下,1\nBV2,尾\r,2\n")) == ["上 下", "尾"]


def test_carriage_return_and_line_feed_end_a_line(tmp_path):
    rows = read(tmp_path, 'id,title,plays\r\nBV1,晴天,1\r\nBV2,"a\r\nb",2\r\n')
    assert rows == [Video(video_id="BV1", title="晴天", plays=1), Video(video_id="BV2", title="a b", plays=2)]


def test_a_byte_order_mark_is_left_out(tmp_path):
    assert titles(read(tmp_path, "\ufeffid,title,plays\nBV1,晴天,1\n")) == ["晴天"]


def test_tsv_has_no_quotes(tmp_path):
    assert titles(read(tmp_path, 'id\ttitle\tplays\nBV1\t"晴天\t1\n', "videos.tsv")) == ['"晴天']


def test_gzip_is_known_by_its_content(tmp_path):
    content = gzip.compress("id,title,plays\nBV1,晴天,1\n".encode())
    assert titles(read(tmp_path, content, "a.csv.gz")) == titles(read(tmp_path, content, "a.csv")) == ["晴天"]


def test_gb18030_is_read_when_said(tmp_path):
    content = "id,title,plays\nBV1,晴天,1\n".encode("gb18030")
    assert titles(read(tmp_path, content, encoding="gb18030")) == ["晴天"]


@pytest.mark.parametrize("name", ["videos.parquet", "videos.parquet.gz"])
def test_parquet_rows_are_typed(tmp_path, name):
    table = pl.DataFrame({"id": ["BV1", "BV2", None], "title": ["晴天", "稻香", "x"], "plays": [3, None, 1]})
    path = tmp_path / "plain"
    table.write_parquet(path)
    content = path.read_bytes()
    rows = read(tmp_path, gzip.compress(content) if name.endswith(".gz") else content, name)
    assert rows == [
        Video(video_id="BV1", title="晴天", plays=3),
        Video(video_id="BV2", title="稻香"),
        BadRow(3, "video_id is empty", "row"),
    ]
    assert str(rows[2]) == "row 3: video_id is empty"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",晴天,1", "line 3: video_id is empty"),
        ("BV1, ,1", "line 3: title is empty"),
        ("BV1,晴天", "line 3: [2] fields where the header has [3]"),
        ("BV1,晴天,1,2", "line 3: [4] fields where the header has [3]"),
        ("BV1,晴天,many", "line 3: plays [many] is not a whole number"),
        ("BV1,晴天,1.5", "line 3: plays [1.5] is not a whole number"),
        ("BV1,晴天,-1", "line 3: plays [-1] is negative"),
        ("BV1,晴天,1e30", "line 3: plays [1e30] is too large"),
        ("BV1,晴天,nan", "line 3: plays [nan] is not a whole number"),
        ('BV1,"晴"天,1', "line 3: text [天,1] follows a closing quote"),
        ('BV1,"晴天,1', "line 3: a quoted field opens here and is never closed"),
        (b"BV1,\xff\xfe,1", "line 3: the line is not UTF-8: byte 5"),
        ("B" * 513 + ",晴天,1", f"line 3: video_id [{'B' * 20}…] is longer than 512 bytes"),
        ("BV1," + "晴" * 400_000 + ",1", "line 3: the line is longer than 1048576 bytes"),
    ],
)
def test_a_bad_row_says_its_line_and_reason_and_the_next_is_read(tmp_path, line, reason):
    line = line if isinstance(line, bytes) else line.encode()
    rows = read(tmp_path, b"id,title,plays\nBV0,a,0\n" + line + b"\nBV2,b,2\n")
    assert [str(row) for row in rows if isinstance(row, BadRow)] == [reason]
    assert titles(row for row in rows if isinstance(row, Video)) == ["a", "b"]


def test_a_bad_byte_inside_a_quoted_field_costs_its_lines_only(tmp_path):
    rows = read(tmp_path, b'id,title,plays\nBV1,"a\n\xff",1\nBV2,b,2\n')
    assert [str(row) for row in rows[:2]] == [
        "line 2: the line is not UTF-8: byte 1",
        "line 3: the line is not UTF-8: byte 1",
    ]
    assert titles(rows[2:]) == ["b"]


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        ("", "a.csv", "[PATH] has no header: it is empty"),
        (b"\xff\xfei\x00d\x00\n", "a.csv", "[PATH] is UTF-16; make it UTF-8: iconv -f UTF-16 -t UTF-8"),
        (
            "id,title\n",
            "a.xlsx",
            "the format of [a.xlsx] is unknown; name it .csv, .tsv, .jsonl or .parquet, perhaps .gz",
        ),
        ("id,title\n", "a.csv", "--map plays=[plays]: the file has no such column; it has [id, title]"),
        (
            "id,title,plays,id\n",
            "a.csv",
            "--map video_id=[id]: the file has [2] columns of this name; rename one",
        ),
        (
            gzip.compress(b"id,title,plays\n" * 9)[:-9],
            "a.csv.gz",
            "[PATH] is damaged or cut short: Compressed file ended "
            "before the end-of-stream marker was reached",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, content, name, message):
    with pytest.raises(InvalidInputError) as caught:
        read(tmp_path, content, name)
    assert str(caught.value) == message.replace("PATH", str(tmp_path / name))


def test_json_lines_hold_typed_values_and_name_their_fields(tmp_path):
    content = """{"id": "BV1", "title": "晴天", "tags": ["现场"], "plays": 3}

{"video_id": "BV2", "title": "稻香", "tier": 3}
{"title": "无"}
["BV4"]
{"id": "BV5"
"""
    rows = read(tmp_path, content, "videos.jsonl", columns=None)
    assert rows[0] == Video(video_id="BV1", title="晴天", tags=("现场",), plays=3)
    assert [str(row) for row in rows[1:]] == [
        "line 3: [tier] is no column of the catalogue",
        "line 4: video_id is empty",
        'line 5: the line is not a JSON object but [["BV4"]]',
        "line 6: the line is not JSON: Expecting ',' delimiter: line 1 column 13 (char 12)",
    ]
    mapped = read(
        tmp_path, '{"bv": "BV1", "title": "晴天", "x": 1}', "a.jsonl", ColumnMap.parse("id=bv,title=title")
    )
    assert mapped == [Video(video_id="BV1", title="晴天")]


def test_a_missing_file_and_a_false_parquet_say_so(tmp_path):
    with pytest.raises(InvalidInputError, match=r"there is no catalogue file \[.*none.csv\]"):
        list(read_catalog(tmp_path / "none.csv", MAP))
    with pytest.raises(InvalidInputError, match=r"\[.*\] is not a Parquet file: "):
        read(tmp_path, "id,title", "a.parquet")


@given(st.lists(st.text('a晴",\n\r 😀', min_size=1, max_size=8), min_size=1, max_size=6))
def test_what_is_written_by_the_rules_is_read_back(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("reader") / "a.csv"
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
    path.write_bytes(("id,title,plays\n" + "".join(f"x,{cell},\n" for cell in quoted)).encode())
    rows = list(read_catalog(path, MAP))
    assert [row.title if isinstance(row, Video) else "" for row in rows] == [
        re.sub("[\n\r]+", " ", cell).strip() for cell in cells
    ]


def test_progress_ends_at_the_size_of_the_file(tmp_path):
    told = []
    read(tmp_path, "id,title,plays\nBV1,晴天,1\n", progress=lambda done, size: told.append((done, size)))
    assert told[-1] == (28, 28)
