"""One exported dictionary for all tests of this room."""

from pathlib import Path

import pytest

from ranker.text.analyzer import Analyzer
from ranker.text.dictionary import DictionaryWord, export

NAMES = ("周杰倫", "G.E.M.", "會不會", "五月天 Live", "哪吒之魔童降世", "Love")


@pytest.fixture(scope="session")
def dictionary_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dictionary")
    return target / export([DictionaryWord(name) for name in NAMES], target)


@pytest.fixture(scope="session")
def analyzer(dictionary_folder: Path) -> Analyzer:
    return Analyzer.load(dictionary_folder)
