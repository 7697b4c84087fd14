"""What every world keeps: the files' layout, sense within the log, and that a seed means one world."""

import json
import os
import re
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from ranker.catalog.video import schema
from ranker.errors import InvalidInputError
from ranker.world.generate import generate
from ranker.world.size import SIZES
from ranker.world.store import TABLES, World

COLUMNS = {
    "artists": ["artist_id", "name", "aliases"],
    "songs": ["song_id", "title", "artist_id", "album", "language", "style", "lyrics_line", "released_at"],
    "users": ["user_id", "age_band", "city_tier", "signup_at"],
    "searches": ["request_id", "user_id", "query", "now", "device"],
    "exposures": [
        *("request_id", "video_id", "position", "event_time", "click"),
        *("play_seconds", "like", "favorite", "share"),
    ],
    "labels": ["query", "video_id", "tier"],
}


def test_a_seed_means_one_world_whatever_hash_seed_and_threads(small_world, tmp_path):
    code = (
        "import sys; from pathlib import Path; from ranker.world.generate import generate;"
        "generate('small', 7, Path(sys.argv[1]))"
    )
    told = {"PYTHONHASHSEED": "12345", "POLARS_MAX_THREADS": "3", "OMP_NUM_THREADS": "2"}
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "again")], check=True, env={**os.environ, **told}
    )
    again = json.loads((tmp_path / "again" / "manifest.json").read_text("utf-8"))
    assert again == small_world.manifest
    assert len(again["files"]) == len(TABLES) + 7


def test_another_seed_means_another_world(small_world, tmp_path):
    other = generate("small", 8, tmp_path / "other")
    same = [
        name
        for name, value in small_world.manifest["files"].items()
        if other.manifest["files"][name] == value
    ]
    assert same == []


def test_the_catalogue_has_the_catalogue_s_columns_and_the_rest_are_as_designed(small_world):
    assert dict(small_world.videos.schema) == schema()
    assert {name: getattr(small_world, name).columns for name in COLUMNS} == COLUMNS


def test_nothing_that_makes_the_clicks_is_a_public_column(small_world):
    public = {column for name in TABLES for column in getattr(small_world, name).columns}
    hidden = {
        "taste",
        "favourites",
        "quality",
        "attraction",
        "bait",
        "base",
        "clicky",
        "singer",
        "about",
        "kind",
    }
    hidden |= {"factors", "popularity", "weight", "terms", "song", "activity", "examination"}
    assert public & hidden == set()
    assert {path.parent.name for path in small_world.path.rglob("*.parquet")} == {"small", "truth"}


def test_identities_are_distinct_and_of_their_form(small_world):
    ids = small_world.videos["video_id"].to_list()
    assert len(set(ids)) == len(ids) == SIZES["small"].videos
    assert all(re.fullmatch(r"BV[1-9A-HJ-NP-Za-km-z]{10}", one) for one in ids)
    for name, column in (("searches", "request_id"), ("users", "user_id"), ("songs", "song_id")):
        assert getattr(small_world, name)[column].is_unique().all()


def test_the_log_is_in_order_and_within_its_span(small_world, small_log):
    manifest = small_world.manifest
    now = small_log["now"]
    assert now.is_sorted()
    assert manifest["log_start_ms"] <= now.min() < now.max() < manifest["log_end_ms"] == manifest["now_ms"]
    assert (small_log["event_time"] > now).all()
    assert manifest["rows"]["exposures"] == len(small_log)
    assert SIZES["small"].exposures - 40 <= len(small_log) <= SIZES["small"].exposures
    assert manifest["log_start_ms"] < small_world.training_end_ms < manifest["log_end_ms"]


def test_each_request_shows_distinct_videos_on_positions_one_to_its_end(small_log):
    shown = small_log.group_by("request_id").agg(
        pl.len().alias("shown"),
        pl.col("position").max().alias("last"),
        pl.col("video_id").n_unique().alias("distinct"),
    )
    assert (shown["shown"] == shown["last"]).all()
    assert (shown["shown"] == shown["distinct"]).all()
    assert shown["shown"].is_between(10, 20).mean() > 0.99


def test_no_video_is_shown_before_its_upload(small_world, small_log):
    rows = small_log.join(small_world.videos.select("video_id", "uploaded_at"), on="video_id")
    assert len(rows) == len(small_log)
    assert (rows["uploaded_at"] <= rows["now"]).all()
    assert (small_world.videos["uploaded_at"] < small_world.now_ms).all()


def test_what_follows_a_click_follows_a_click(small_world, small_log):
    rows = small_log.join(
        small_world.videos.select("video_id", "duration_seconds"), on="video_id", how="left"
    )
    seconds = rows["play_seconds"]
    assert (seconds.filter(~rows["click"]) == 0).all()
    assert (seconds <= rows["duration_seconds"] + 0.05).all()
    effective = rows["click"] & ((seconds >= 15) | (seconds >= 0.5 * rows["duration_seconds"]))
    assert 0.5 < effective.sum() / rows["click"].sum() < 0.9
    for name in ("like", "favorite", "share"):
        assert 0 < rows[name].sum() < effective.sum()
        assert (~rows[name] | effective).all()


def test_counts_as_of_the_log_s_end_hold_the_log_s_own(small_world):
    of_log = small_world.exposures.group_by("video_id").agg(
        pl.col("click").sum(), pl.col("like").sum(), pl.col("favorite").sum(), pl.col("share").sum()
    )
    rows = small_world.videos.join(of_log, on="video_id")
    for total, own in (("plays", "click"), ("likes", "like"), ("favorites", "favorite"), ("shares", "share")):
        assert (rows[total] >= rows[own]).all()
        assert rows[total].sum() > 2 * rows[own].sum()


def test_searches_follow_the_hours_and_some_are_asked_again_in_other_words(small_world):
    searches = small_world.searches.with_columns(hour=(pl.col("now") + 8 * 3_600_000) // 3_600_000 % 24)
    by_hour = searches.group_by("hour").len().sort("hour")["len"].to_numpy()
    assert by_hour[19:23].sum() > 5 * by_hour[2:6].sum()
    own = searches.sort("user_id", "now").with_columns(
        gap=pl.col("now").diff().over("user_id"), before=pl.col("query").shift().over("user_id")
    )
    soon = own.filter(pl.col("gap") <= 180_000)
    assert len(soon) > 0.1 * len(searches)
    assert (soon["query"] != soon["before"]).mean() > 0.3


def test_labels_are_of_the_training_part_s_queries_and_a_few_are_wrong(small_world, small_truth):
    labels = small_world.labels
    training = small_world.searches.filter(pl.col("now") < small_world.training_end_ms)
    assert set(labels["query"]) <= set(training["query"])
    assert labels.select("query", "video_id").is_unique().all()
    assert 0.9 * SIZES["small"].labels <= len(labels) <= SIZES["small"].labels
    true = small_truth.tiers_of_pairs(labels["query"].to_list(), labels["video_id"].to_list())
    assert 0.02 <= (labels["tier"].to_numpy() != true).mean() <= 0.06
    assert set(np.unique(true)) == {0, 1, 2, 3}


def test_evaluation_asks_each_kind_alike_of_seen_and_unseen(small_world, small_truth):
    asked = small_truth.evaluation_queries()
    assert asked.columns == ["query", "user_id", "now", "kind", "query_seen", "user_seen"]
    assert asked.group_by("kind").len()["len"].to_list() == [12] * 10
    assert (asked["now"] >= small_world.now_ms).all()
    assert (
        asked["query"].is_in(small_world.searches["query"].implode()).to_list()
        == asked["query_seen"].to_list()
    )
    assert (
        asked["user_id"].is_in(small_world.searches["user_id"].implode()).to_list()
        == asked["user_seen"].to_list()
    )
    assert asked["user_id"].is_in(small_world.users["user_id"].implode()).all()
    mix = asked.group_by("query_seen", "user_seen").len().sort("query_seen", "user_seen")["len"].to_list()
    assert min(mix) >= 0.15 * len(asked)


def test_titles_are_written_in_many_ways(small_world):
    titles = small_world.videos["title"]
    assert titles.str.contains("[！-～　]").any(), "full-width"
    assert titles.str.contains("[陳歡聽國愛會]").any(), "traditional"
    assert titles.str.contains("[🎵🔥😭🎸✨😂🎤]").any(), "emoji"
    assert titles.n_unique() > 0.85 * len(titles)
    assert not titles.str.contains("[{}]").any()
    assert (titles.str.strip_chars() != "").all()


def test_a_failed_making_leaves_the_old_world(small_world, tmp_path):
    target = tmp_path / "kept"
    generate("small", 3, target)
    before = (target / "manifest.json").read_bytes()

    def fail(what, share):
        if what == "log":
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        generate("small", 4, target, fail)
    assert (target / "manifest.json").read_bytes() == before


def test_wrong_sizes_and_folders_are_told(tmp_path):
    with pytest.raises(InvalidInputError) as told:
        generate("huge", 1, tmp_path / "x")
    assert str(told.value) == "size [huge] is unknown; use one of [small, demo, large]"
    with pytest.raises(InvalidInputError) as told:
        World.load(tmp_path / "none")
    assert str(told.value) == (
        f"no world at [{tmp_path}/none]; make one with: encore world make none --size small"
    )
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "manifest.json").write_text('{"schema": 0}')
    with pytest.raises(InvalidInputError) as told:
        World.load(tmp_path / "old")
    assert str(told.value) == f"the world at [{tmp_path}/old] has schema [0], not [1]; make it again"


def test_a_larger_world_shortened_keeps_its_proportions():
    size = SIZES["large"].scaled(100_000, 1_000_000)
    assert (size.videos, size.exposures, size.artists, size.users) == (100_000, 1_000_000, 2_000, 6_000)
