import msgspec
import polars as pl
import pytest

from ranker.catalog.video import COLUMN_NAMES, COLUMNS, COUNTS, Video, from_table, schema, to_table


def test_the_list_of_columns_is_the_record():
    assert Video.__struct_fields__ == COLUMN_NAMES
    assert set(COUNTS) < set(COLUMN_NAMES)


def test_only_identity_and_title_are_required():
    assert [column.name for column in COLUMNS if column.required] == ["video_id", "title"]
    assert {column.name: column.default for column in COLUMNS if column.name in ("tags", "plays")} == {
        "tags": (),
        "plays": 0,
    }


def test_a_table_keeps_every_value():
    videos = [
        Video(
            video_id="BV1",
            title="晴天",
            tags=("周杰伦", "现场"),
            uploaded_at=5,
            duration_seconds=269.5,
            plays=7,
        ),
        Video(video_id="BV2", title="会不会"),
    ]
    table = to_table(videos)
    assert dict(table.schema) == schema()
    assert list(from_table(table.with_columns(extra=pl.lit(1)))) == videos


def test_json_with_an_unknown_field_is_refused():
    with pytest.raises(msgspec.ValidationError, match="Object contains unknown field `tier`"):
        msgspec.json.decode(b'{"video_id":"a","title":"b","tier":3}', type=Video)
