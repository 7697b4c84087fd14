"""Upserts and deletes are visible on return, and no build and no rollback loses one."""

import os
import time

import pytest

from ranker.catalog.video import Video
from ranker.engine.index.build import build
from ranker.engine.index.generation import remove_folder
from ranker.engine.index.ranker_door import count_rows
from ranker.engine.index.swap import swap
from ranker.engine.index.writes import delete, upsert
from ranker.errors import EncoreError
from ranker.features.columns import VideoColumns
from tests.engine.catalogues import ask, built, each_dictionary_once, ids, reader, site_of

NEW = Video(video_id="BV9", title="邓紫棋 光年之外 现场版", uploader="蜂鸟音乐", plays=77)


@pytest.fixture(scope="module", autouse=True)
def _quick():
    with each_dictionary_once():
        yield


@pytest.fixture
def site(node, cache):
    with site_of(node, cache, os.environ, "writes") as opened:
        yield opened
        for name in opened.history.names():
            remove_folder(opened.settings.generations, name)


def row(site, video_id):
    return int(VideoColumns.open(site.folder(site.live())).rows([video_id])[0])


def test_a_written_video_is_found_and_has_columns_within_a_second(site, tmp_path):
    built(site, tmp_path)
    upsert(site, [Video(video_id="BV8", title="暖身")])  # the encoder is loaded once a process
    began = time.monotonic()
    done = upsert(site, [NEW])
    assert ids(site, "光年之外") == ["BV9"]
    assert time.monotonic() - began < 1
    assert row(site, "BV9") >= 0
    assert (done.upserted, done.ranker, done.generation) == (1, "offline", site.live())


def test_a_known_video_is_replaced_whole(site, tmp_path):
    built(site, tmp_path)
    upsert(site, [Video(video_id="BV2", title="稻香 翻唱")])
    assert ids(site, "晴天") == ["BV1"]
    hit = ask(site, "稻香").hits[0]
    assert (hit.id, hit.source["plays"], hit.source["uploader"]) == ("BV2", 0, "")
    assert site.count(site.live()) == count_rows(site.folder(site.live())) == 4


def test_a_deleted_video_is_gone_and_an_unknown_id_is_counted(site, tmp_path):
    built(site, tmp_path)
    done = delete(site, ["BV1", "BV404", "BV1"])
    assert (done.deleted, done.unknown) == (1, 1)
    assert ids(site, "晴天") == ["BV2"]
    assert row(site, "BV1") == -1


def test_writes_during_a_build_are_in_the_new_generation(site, tmp_path):
    built(site, tmp_path)
    written = []

    def write_once(stage, done, size):
        if stage == "columns" and not written:  # the source was read and indexed already
            written.append(upsert(site, [NEW]))
            written.append(delete(site, ["BV4"]))

    done = build(site, reader(tmp_path, "id,title,artist,plays\nBV1,晴天,a,1\nBV4,流星雨,a,1\n"), write_once)
    assert written[0].generation != done.manifest.generation == site.live()
    assert done.replayed == 2
    assert ids(site, "光年之外") == ["BV9"]
    assert ids(site, "流星雨") == []
    assert site.count(site.live()) == count_rows(site.folder(site.live())) == done.live_rows == 2


def test_a_rollback_keeps_the_writes_that_came_after(site, tmp_path):
    first = built(site, tmp_path).manifest.generation
    built(site, tmp_path)
    upsert(site, [NEW])
    delete(site, ["BV3"])
    back = swap(site)
    assert (back.generation, back.replayed, back.rows) == (first, 2, 4)
    assert ids(site, "光年之外") == ["BV9"]
    assert "BV3" not in ids(site, "田馥甄 小幸运")


def test_a_build_starts_from_its_source_not_from_older_writes(site, tmp_path):
    built(site, tmp_path)
    upsert(site, [NEW])
    built(site, tmp_path)
    assert ids(site, "光年之外") == []


def test_without_an_index_there_is_nothing_to_write_to(site):
    with pytest.raises(EncoreError) as caught:
        upsert(site, [NEW])
    assert str(caught.value) == "there is no index [writes] yet: build it with `encore index build`"


def test_vectors_of_another_encoder_are_not_mixed_in(site, tmp_path):
    live = built(site, tmp_path).manifest
    older = {**live.encoder, "version": "0123456789ab"}
    type(live)(**{**{name: getattr(live, name) for name in live.__struct_fields__}, "encoder": older}).write(
        site.folder(live.generation)
    )
    with pytest.raises(EncoreError) as caught:
        upsert(site, [NEW])
    assert str(caught.value) == (
        f"[{live.generation}] has vectors of encoder [0123456789ab] and "
        f"[{site.vectors.encoder.identity.version}] is here now; build the index again"
    )
    assert ids(site, "光年之外") == []
