import json

import numpy as np
import polars as pl
import pytest

from ranker.catalog.video import Video, to_table
from ranker.errors import EncoreError
from ranker.features.columns import MANIFEST, VideoColumns, write
from ranker.features.layout import BLANKS, PACKS, PLACES, SCHEMA
from ranker.features.overlay import FILE
from ranker.features.terms import term_hash
from ranker.understanding.names import VERSIONS
from tests.unit.features.small_catalogue import (
    ARTISTS,
    COVER,
    HEBE,
    JAY,
    LIVE,
    NOW,
    OFFICIAL,
    SONGS,
    SUN,
    SUNNY_TITLE,
    VIDEOS,
    WILL,
    WILL_TITLE,
)


@pytest.fixture
def open_columns(tmp_path, dictionary_folder, analyzer):
    """Build the small catalogue (or another) in a folder of this test, and open it, again at every call."""
    opened = []

    def open_again(table=VIDEOS, artists=ARTISTS, songs=SONGS):
        if opened:
            opened[-1].close()
        else:
            write(table, artists, songs, dictionary_folder, tmp_path, analyzer=analyzer)
        opened.append(VideoColumns.open(tmp_path, analyzer=analyzer))
        return opened[-1]

    yield open_again
    for columns in opened:
        columns.close()


def cell(columns, video_id, name):
    return columns.take(name, columns.rows([video_id]))[0].tolist()


def bits(*versions):
    return sum(1 << VERSIONS.index(version) for version in versions)


def test_a_title_is_read_once_into_terms_names_and_versions(columns):
    terms = columns.take("title_terms", np.array([OFFICIAL]))[0]
    assert terms[:4].tolist() == [term_hash(term) for term in ("周杰伦", "晴天", "官方", "mv")]
    assert not terms[4:].any()
    assert columns.take("title_artists", np.array([OFFICIAL]))[0].tolist() == [JAY, -1, -1, -1]
    assert columns.take("title_songs", np.array([OFFICIAL]))[0].tolist() == [SUNNY_TITLE, -1, -1, -1]
    assert columns.take("title_versions", np.arange(3)).tolist() == [
        bits("official"),
        bits("cover"),
        bits("live"),
    ]


def test_tags_hold_what_the_title_lacks(columns):
    # 周杰伦 stands in the title too
    assert columns.take("tag_terms", np.array([OFFICIAL]))[0, :2].tolist() == [term_hash("经典"), 0]
    assert columns.take("tag_artists", np.array([WILL]))[0].tolist() == [SUN, -1, -1, -1]
    assert columns.take("tag_versions", np.array([COVER])).tolist() == [bits("instrumental")]


def test_numbers_are_the_catalogues(columns):
    assert columns.take("uploaded_at", np.array([OFFICIAL])).tolist() == [NOW - 3 * 86_400_000]
    assert columns.take("counts", np.array([OFFICIAL])).tolist() == [[1023, 99, 30, 9, 4]]
    assert columns.take("title_length", np.array([OFFICIAL])).tolist() == [len("周杰伦 晴天 官方MV")]


def test_a_video_is_of_the_artist_song_and_version_that_its_text_votes_for(columns):
    named = [columns.take(name, np.array([LIVE, WILL])).tolist() for name in ("artist", "song_title")]
    assert named == [[HEBE, SUN], [1, WILL_TITLE]]
    assert columns.take("version", np.array([OFFICIAL, WILL])).tolist() == [0, -1]


def test_uploaders_have_rows_of_their_own(columns):
    assert columns.take("uploader", np.arange(6)).tolist() == [0, 1, 1, 2, 2, -1]
    assert columns.uploaders.rows(["up2", "up9"]).tolist() == [1, -1]


def test_unknown_rows_are_blank_wherever_they_stand(columns):
    rows = np.array([-1, OFFICIAL, -1])
    for name, place in PLACES.items():
        cells = columns.take(name, rows)
        assert (cells[[0, 2]] == place.blank).all(), name
    for pack in PACKS:
        assert (columns.take_pack(pack, rows)[1] == columns.pack(pack)[OFFICIAL]).all(), pack
        assert columns.take_pack(pack, rows[:0]).shape == (0, len(BLANKS[pack]))


def test_without_artists_and_songs_words_and_versions_are_still_read(open_columns):
    columns = open_columns(artists=None, songs=None)
    assert columns.count == 6
    assert cell(columns, "BV1", "title_terms")[:2] == [term_hash("周杰伦"), term_hash("晴天")]
    assert cell(columns, "BV2", "version") == VERSIONS.index("cover")
    for name in ("title_artists", "title_songs", "artist", "song", "song_title", "style", "language"):
        assert (columns.take(name, np.arange(6)) == -1).all(), name


def test_songs_may_lack_what_is_optional(open_columns):
    columns = open_columns(songs=SONGS.select("song_id", "title", "artist_id"))
    assert cell(columns, "BV1", "song") == 0
    assert cell(columns, "BV1", "style") == -1


def test_a_catalogue_of_nothing_takes_videos_later(open_columns):
    columns = open_columns(table=VIDEOS.clear())
    assert (columns.count, columns.rows(["BV1"]).tolist()) == (0, [-1])
    assert (columns.take("title_terms", np.array([-1])) == 0).all()
    columns.upsert([Video(video_id="BV1", title="晴天")])
    assert columns.count == 1
    columns = open_columns()
    assert (columns.count, columns.rows(["BV1"]).tolist()) == (1, [0])
    assert cell(columns, "BV1", "title_songs")[0] == SUNNY_TITLE


def test_a_new_video_reads_as_if_it_had_been_built(open_columns, columns):
    written = open_columns(table=VIDEOS[:OFFICIAL])  # nothing at first
    written.upsert([Video(**{**row, "tags": tuple(row["tags"])}) for row in VIDEOS.to_dicts()])
    rows = written.rows(VIDEOS["video_id"].to_list())
    for name in PLACES:
        if name != "uploader":  # its rows begin where the build's end
            assert (written.take(name, rows) == columns.take(name, np.arange(6))).all(), name
    assert written.take("uploader", rows).tolist() == [0, 1, 1, 2, 2, -1]


def test_a_write_replaces_is_found_at_once_and_survives_reopening(open_columns):
    columns = open_columns()
    columns.upsert([Video(video_id="BV2", title="田馥甄"), Video(video_id="BV7", title="会不会 MV")])
    for again in (columns, open_columns()):
        assert again.rows(["BV1", "BV2", "BV7", "BV8"]).tolist() == [0, 6, 7, -1]
        assert again.count == 7
        assert sorted(again.later_rows().tolist()) == [6, 7]
        assert again.built_rows(np.array([0, 6, 7, -1])).tolist() == [0, COVER, -1, -1]
        assert cell(again, "BV2", "title_artists")[0] == HEBE
        assert cell(again, "BV2", "counts") == [0, 0, 0, 0, 0]
        assert cell(again, "BV7", "version") == VERSIONS.index("official")


def test_a_deleted_video_is_unknown_and_may_come_back(open_columns):
    columns = open_columns()
    assert columns.delete(["BV1", "BV9"]) == 1
    for again in (columns, open_columns()):
        assert (again.count, again.rows(["BV1", "BV2"]).tolist()) == (5, [-1, 1])
    again.upsert([Video(video_id="BV1", title="晴天")])
    assert (again.count, open_columns().count) == (6, 6)
    again = open_columns()
    assert again.delete(["BV1"]) == 1
    assert (again.count, again.later_rows().tolist()) == (5, [])


def test_of_many_writes_of_an_id_the_last_counts(open_columns):
    columns = open_columns()
    for title in ("晴天", "小幸运", "会不会"):
        columns.upsert([Video(video_id="BV7", title=title)])
    columns.upsert([Video(video_id="BV8", title="晴天"), Video(video_id="BV8", title="小幸运")])
    for again in (columns, open_columns()):
        assert cell(again, "BV7", "song_title") == WILL_TITLE
        assert cell(again, "BV8", "song_title") == 1
        assert again.count == 8


def test_what_the_log_said_of_a_video_stays_when_it_is_written_again(open_columns, tmp_path):
    open_columns().close()
    path = tmp_path / "videos" / "moment_facts.npy"
    facts = np.load(path)
    facts[:, PLACES["history"].at] = [9, 8, 7, 6, 5, 4, 3, 2]
    np.save(path, facts)
    columns = open_columns()
    columns.upsert([Video(video_id="BV1", title="晴天"), Video(video_id="BV7", title="晴天")])
    assert cell(columns, "BV1", "history") == [9, 8, 7, 6, 5, 4, 3, 2]
    assert cell(columns, "BV7", "history") == [0] * 8


@pytest.mark.parametrize("torn", [b"\x05", b"\x05\x00\x00\x00\x00\x00\x00\x00abc", b"\xff" * 40])
def test_a_torn_tail_loses_nothing_that_was_acknowledged(open_columns, tmp_path, torn):
    open_columns().upsert([Video(video_id="BV7", title="晴天")])
    with (tmp_path / FILE).open("ab") as file:
        file.write(torn)
    columns = open_columns()
    assert columns.rows(["BV7"]).tolist() == [6]
    columns.upsert([Video(video_id="BV8", title="小幸运")])  # cuts the tail off
    assert open_columns().rows(["BV7", "BV8"]).tolist() == [6, 7]


def test_more_writes_than_fit_at_first(open_columns):
    columns = open_columns()
    many = [Video(video_id=f"new{i}", title="晴天", plays=i) for i in range(200)]
    for start in range(0, 200, 50):
        columns.upsert(many[start : start + 50])
    rows = columns.rows([video.video_id for video in many])
    assert columns.take("counts", rows)[:, 0].tolist() == list(range(200))
    assert columns.count == 206


def test_uploaders_first_seen_after_the_build_are_told_apart(open_columns):
    columns = open_columns()
    columns.upsert(
        [
            Video(video_id=f"BV{i}", title="晴天", uploader_id=uploader)
            for i, uploader in enumerate(["up1", "upA", "upB", "upA", ""], 7)
        ]
    )
    assert [cell(columns, f"BV{i}", "uploader") for i in range(7, 12)] == [0, 3, 4, 3, -1]


def test_a_video_twice_is_refused(tmp_path, dictionary_folder, analyzer):
    twice = pl.concat([VIDEOS, VIDEOS[:1]])
    with pytest.raises(EncoreError) as error:
        write(twice, ARTISTS, SONGS, dictionary_folder, tmp_path, analyzer=analyzer)
    assert str(error.value) == "video_id [BV1] occurs twice; merge its rows first"


def test_a_folder_without_columns_or_of_another_schema_is_refused(tmp_path, dictionary_folder, analyzer):
    with pytest.raises(EncoreError) as error:
        VideoColumns.open(tmp_path)
    assert str(error.value) == f"[{tmp_path}] holds no columns; build the index again"
    write(to_table([]), None, None, dictionary_folder, tmp_path, analyzer=analyzer)
    manifest = json.loads((tmp_path / MANIFEST).read_text())
    (tmp_path / MANIFEST).write_text(json.dumps(manifest | {"schema": 1}))
    with pytest.raises(EncoreError) as error:
        VideoColumns.open(tmp_path)
    assert str(error.value) == (
        f"the columns in [{tmp_path}] have schema [1], this program reads [{SCHEMA}]; build the index again"
    )
