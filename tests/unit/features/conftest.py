"""One dictionary and one built generation of the small catalogue for all tests of this room."""

from pathlib import Path

import pytest

from ranker.features.columns import VideoColumns, write
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
