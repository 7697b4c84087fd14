"""One dictionary and one built generation of the small catalogue for all tests of this room."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ranker.features.builder import FeatureBuilder
from ranker.features.columns import VideoColumns, write
from ranker.features.priors import Priors
from ranker.features.request import ParsedQuery, QueryParser
from ranker.features.specification import Specification
from ranker.features.statistics import STATISTICS, Statistics
from ranker.features.users import UserColumns, write_users
from ranker.text.analyzer import Analyzer
from ranker.text.dictionary import DictionaryWord, export
from tests.unit.features.small_catalogue import ARTISTS, NAMES, SONGS, USERS, VIDEOS


@pytest.fixture(scope="session")
def dictionary_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dictionary")
    return target / export([DictionaryWord(name) for name in NAMES], target)


@pytest.fixture(scope="session")
def analyzer(dictionary_folder: Path) -> Analyzer:
    return Analyzer.load(dictionary_folder)


@pytest.fixture(scope="session")
def generation(tmp_path_factory: pytest.TempPathFactory, dictionary_folder: Path, analyzer: Analyzer) -> Path:
    """A built generation without a log; never written to."""
    folder = tmp_path_factory.mktemp("generation")
    write(VIDEOS, ARTISTS, SONGS, dictionary_folder, folder, analyzer=analyzer)
    write_users(USERS, folder)
    return folder


@pytest.fixture(scope="session")
def columns(generation: Path, analyzer: Analyzer) -> VideoColumns:
    return VideoColumns.open(generation, analyzer=analyzer)


@pytest.fixture(scope="session")
def users(generation: Path) -> UserColumns:
    return UserColumns.open(generation)


@pytest.fixture(scope="session")
def parse(columns: VideoColumns, analyzer: Analyzer) -> Callable[[str], ParsedQuery]:
    return QueryParser(analyzer, columns.names, columns.terms).parse


@pytest.fixture(scope="session")
def specification() -> Specification:
    """Without fitted priors, so that every rate counts as one success in five before it is known."""
    return Specification.make(
        ids={
            "artist": ["hebe", "jay"],
            "song": ["sunny"],
            "style": ["流行"],
            "language": ["国语"],
            "version": ["live", "cover"],
            "uploader": ["up2"],
            "user": ["u2", "u1"],
            "wanted_artist": ["jay"],
            "wanted_version": ["cover"],
            "age_band": ["18-24"],
            "city_tier": ["3", "1"],
        },
        words=("晴天",),
        buckets=8,
        priors=Priors({}),
        dictionary="d1",
        trained_until=0,
    )


@pytest.fixture(scope="session")
def builder(columns: VideoColumns, users: UserColumns, specification: Specification) -> FeatureBuilder:
    """Of a generation without a log."""
    statistics = Statistics.open(columns.folder / STATISTICS, columns.names)
    return FeatureBuilder(columns, users, statistics, specification)
