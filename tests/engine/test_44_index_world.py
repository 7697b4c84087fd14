"""A sample world becomes an index on its own clock, with listeners and the statistics of its log."""

import os
import time

import pytest

from ranker.engine.index.build import build
from ranker.engine.index.generation import remove_folder
from ranker.engine.index.source import from_world
from ranker.features.columns import VideoColumns
from ranker.features.statistics import STATISTICS
from ranker.features.users import UserColumns
from ranker.world.generate import generate
from tests.engine.catalogues import ids, silent, site_of


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return generate("small", 7, tmp_path_factory.mktemp("worlds") / "small")


@pytest.fixture(scope="module")
def site(node, cache):
    with site_of(node, cache, os.environ, "world") as opened:
        yield opened
        for name in opened.history.names():
            remove_folder(opened.settings.generations, name)


@pytest.fixture(scope="module")
def made(site, world):
    return build(site, lambda _: from_world(world.path), silent)


@pytest.fixture
def folder(site, made):
    return site.folder(made.manifest.generation)


def test_every_video_is_in_index_and_columns(site, world, made, folder):
    assert site.count("world") == world.videos.height == made.live_rows
    rows = VideoColumns.open(folder).rows(world.videos["video_id"].to_list())
    assert rows.tolist() == list(range(world.videos.height))


def test_the_index_tells_the_worlds_time(site, world, made):
    name = made.manifest.generation
    meta = site.rest.call("GET", f"/{name}/_mapping")[name]["mappings"]["_meta"]
    world_now = time.time() * 1000 + meta["clock_offset_ms"]
    assert world.now_ms <= world_now < world.now_ms + 600_000


def test_listeners_and_the_logs_statistics_are_there(world, made, folder):
    assert UserColumns.open(folder).count == world.users.height
    assert (folder / STATISTICS).exists()


def test_the_worlds_names_are_words(site, world, made):
    words = site.settings.dictionaries / made.manifest.dictionary / "words.tsv"
    known = {line.split("\t")[0] for line in words.read_text("utf-8").splitlines()}
    han = [name for name in world.artists["name"] if 2 <= len(name) <= 4 and "一" <= name[0] <= "龥"]
    assert len(set(han) & known) > 0.9 * len(han)


def test_an_artists_videos_are_found(site, world, made):
    artist = world.videos["uploader"].value_counts(sort=True)["uploader"][0]
    found = set(ids(site, artist))
    by = world.videos.filter(world.videos["uploader"] == artist)["video_id"].to_list()
    assert found & set(by)
