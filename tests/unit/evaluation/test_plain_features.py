"""The fast pass against a second reading of the definitions, on the candidates of a small world's own log."""

from dataclasses import replace
from itertools import cycle

import msgspec
import numpy as np
import polars as pl
import pytest

from ranker.catalog.video import from_table
from ranker.evaluation.plain_features import PlainFeatures
from ranker.features.builder import FeatureBuilder
from ranker.features.columns import VideoColumns, write
from ranker.features.families import all_features, dense_features, match_features
from ranker.features.history import write_history
from ranker.features.priors import VIDEO, Priors
from ranker.features.request import QueryParser
from ranker.features.specification import Specification
from ranker.features.statistics import STATISTICS, Statistics
from ranker.features.users import UserColumns, write_users
from ranker.ranking.world_rows import dictionary_words
from ranker.text.analyzer import Analyzer
from ranker.text.dictionary import export
from ranker.world.generate import generate
from ranker.world.size import SIZES

REQUESTS = 40
CANDIDATES = 50
# The pass computes in float32 (24 bits), the yardstick in double; a logarithm of a ratio near 1 loses some.
CLOSE = 1e-6
# Any priors but the default ones, so that one table's are not taken for another's.
PRIORS = {
    table: {"click": (1.0 + i, 5.0 + 2 * i), "effective": (0.5 + i, 1.5), "watch": (2.0, 3.0 + i)}
    for i, table in enumerate(
        ("query_video", "artist_video", "title_video", "of_query", "of_term", "of_user", VIDEO, "of_uploader")
    )
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    size = replace(SIZES["small"], name="tiny", exposures=5_000, labels=600, days=8)
    return generate(size, 7, tmp_path_factory.mktemp("worlds") / "tiny")


@pytest.fixture(scope="module")
def columns(world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("generation")
    dictionaries = folder / "dictionary"
    analyzer = Analyzer.load(dictionaries / export(dictionary_words(world), dictionaries))
    write(
        world.videos, world.artists, world.songs, dictionaries / analyzer.version, folder, analyzer=analyzer
    )
    write_users(world.users, folder)
    write_history(folder, world.searches, world.exposures, analyzer=analyzer)
    opened = VideoColumns.open(folder, analyzer=analyzer)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def users(columns):
    return UserColumns.open(columns.folder)


@pytest.fixture(scope="module")
def specification():
    return Specification.make(
        ids={}, words=(), buckets=8, priors=Priors.of(PRIORS), dictionary="d1", trained_until=0
    )


@pytest.fixture(scope="module")
def statistics(columns):
    return Statistics.open(columns.folder / STATISTICS, columns.names)


@pytest.fixture(scope="module")
def builder(columns, users, statistics, specification):
    return FeatureBuilder(columns, users, statistics, specification)


@pytest.fixture(scope="module")
def plain(columns, users, statistics, specification):
    return PlainFeatures(columns, users, statistics, specification.priors)


@pytest.fixture(scope="module")
def parse(columns):
    return QueryParser(columns.analyzer, columns.names, columns.terms).parse


@pytest.fixture(scope="module")
def requests(world, columns):
    """(query, listener, now, rows): videos shown under the query, then some drawn at random, one unknown."""
    found = []
    shown = world.exposures.join(world.searches, on="request_id").group_by("query").agg(pl.col("video_id"))
    ids = dict(shown.rows())
    rng = np.random.default_rng(7)
    listeners = cycle((True, True, False))  # every third is a stranger
    asked = world.searches.select("query", "user_id", "now").sample(REQUESTS, seed=7).rows()
    asked.append((columns.names.languages[0], *asked[0][1:]))  # few ask for a language
    for query, user, now in asked:
        own = columns.rows(ids.get(query, [])[: CANDIDATES // 2])
        others = rng.integers(0, columns.built, CANDIDATES - len(own) - 1)
        rows = np.concatenate((own, others, [-1]))
        found.append((query, user if next(listeners) else None, now, rows))
    return found


def differing(features, expected, i):
    """Names of a candidate's features that are not close, with both values."""
    found = {}
    for of, values in ((dense_features(), features.dense), (match_features(), features.match)):
        for feature, value in zip(of, values[i].tolist(), strict=True):
            want = float(expected[feature.name])
            if abs(value - want) > CLOSE * max(1.0, abs(want)):
                found[feature.name] = (value, want)
    return found


def test_the_yardstick_has_each_feature_once(plain, parse):
    features = plain.of(parse("晴天"), -1, 0, 0)
    assert sorted(features) == sorted(feature.name for feature in all_features())


def test_the_pass_says_what_the_definitions_say(builder, plain, parse, users, requests):
    something = (
        set()
    )  # features that were more than their default at least once: a test of zeros says nothing
    for text, user, now, rows in requests:
        query = parse(text)
        features = builder.build(query, user, None, now, rows)
        for i, row in enumerate(rows.tolist()):
            expected = plain.of(query, users.row(user), now, row)
            assert not differing(features, expected, i), (text, user, row)
            something |= {name for name, value in expected.items() if value}
    never = {feature.name for feature in all_features()} - something
    assert {name for name in never if not name.startswith(("is_", "wants_"))} <= {"song_by_lyrics"}


def test_a_video_that_was_written_later_too(builder, plain, parse, columns, world):
    video, other = from_table(world.videos[:2])
    columns.upsert(
        [
            msgspec.structs.replace(video, title=f"{video.title} {other.title}", plays=7),
            msgspec.structs.replace(other, video_id="later", uploader_id="later"),
        ]
    )
    rows = columns.rows([other.video_id, video.video_id, "later", "never"])
    assert (rows >= columns.built).tolist() == [False, True, True, False]
    query, now = parse(video.title), world.manifest["now_ms"]
    features = builder.build(query, world.users["user_id"][0], None, now, rows)
    for i, row in enumerate(rows.tolist()):
        assert not differing(features, plain.of(query, 0, now, row), i)


def test_what_is_kept_of_a_query_and_of_a_listener_is_right_the_second_time(builder, parse, requests):
    for text, user, now, rows in requests[:5]:
        once, again = (builder.build(parse(text), user, None, now, rows) for _ in range(2))
        assert (once.dense == again.dense).all()
        assert (once.match == again.match).all()
        later = builder.build(parse(text), user, None, now + 86_400_000, rows)
        assert (later.match == once.match).all()
        assert (later.dense != once.dense).any()  # time isn't kept
