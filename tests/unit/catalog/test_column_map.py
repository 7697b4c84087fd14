import pytest

from ranker.catalog.column_map import ColumnMap
from ranker.errors import InvalidInputError


def test_short_names_stand_for_columns():
    assert ColumnMap.parse("id=video_id, title=t,artist=author").pairs == (
        ("video_id", "video_id"),
        ("title", "t"),
        ("uploader", "author"),
    )


def test_a_catalogue_name_beats_its_alias():
    assert dict(ColumnMap.by_name(["id", "video_id", "title", "artist", "week"]).pairs) == {
        "video_id": "video_id",
        "title": "title",
        "uploader": "artist",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "id",
            "--map [id] is not target=source; write it like "
            "id=video_id,title=title,artist=author,plays=plays",
        ),
        (
            "id=a,title=b,danmaku=c",
            "--map [danmaku] is no column of the catalogue; it has [video_id, title, tags, uploader_id, "
            "uploader, uploaded_at, duration_seconds, resolution, reviewed, plays, likes, "
            "favorites, shares, comments]",
        ),
        ("id=a,title=b,artist=c,uploader=d", "--map gives [uploader] twice, from [c] and [d]; keep one"),
        (
            "id=a",
            "no column of the file is mapped to [title]; give --map, like "
            "id=video_id,title=title,artist=author,plays=plays",
        ),
    ],
)
def test_a_wrong_map_says_what_to_write(text, message):
    with pytest.raises(InvalidInputError) as caught:
        ColumnMap.parse(text)
    assert str(caught.value) == message
