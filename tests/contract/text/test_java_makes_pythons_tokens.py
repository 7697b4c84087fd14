"""Java's tokens are Python's, on anything: the shared classes, without an engine around them."""

import json
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ranker.engine.java import find_jdk
from ranker.settings import PROJECT
from ranker.text.analyzer import Analyzer
from ranker.text.dictionary import DictionaryWord, export
from ranker.text.table import normalizer_table
from ranker.text.token import utf16

CORE = PROJECT / "es_plugin" / "core" / "src"
SOURCES = sorted(normalizer_table())
ODD = [
    "\r\n",
    "\r",
    "\n\r",
    "\t",
    "\0",
    "\u0085",
    "\u2028",
    "\u200b",
    "\ufeff",
    "\u3000",
    "👨‍👩‍👧",
    "❤️",
    "\ud83d",
    "\ude00",
]
NAMES = ["周杰伦", "會不會", "G.E.M.", "A-Lin", "哪吒之魔童降世", "寂寞寂寞就好"]

han = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FD5), min_size=1, max_size=8)
latin = st.text("abzXYZ019+#&._%- ", min_size=1, max_size=8)
pieces = st.one_of(
    han,
    latin,
    st.text(max_size=4),
    st.sampled_from(SOURCES),
    st.sampled_from(ODD),
    st.sampled_from(NAMES),
    st.characters(categories=["Cs"]),
)
texts = st.lists(pieces, max_size=8).map("".join)


class Probe:
    """A Java process that answers one text with its tokens in both modes."""

    def __init__(self, java: Path, classes: Path, dictionary: Path) -> None:
        command = [
            str(java),
            "-Xshare:auto",
            "-cp",
            str(classes),
            "org.encore.text.TextProbe",
            str(dictionary),
        ]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def tokens(self, text: str) -> dict[str, list[list[object]]]:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(text) + "\n")
        self._process.stdin.flush()
        found: dict[str, list[list[object]]] = json.loads(self._process.stdout.readline())
        return found

    def close(self) -> None:
        self._process.communicate(timeout=30)
        assert self._process.returncode == 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dictionary")
    return target / export([DictionaryWord(name) for name in NAMES], target)


@pytest.fixture(scope="module")
def analyzer(folder: Path) -> Analyzer:
    return Analyzer.load(folder)


@pytest.fixture(scope="module")
def probe(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probe]:
    jdk = find_jdk(os.environ)
    classes = tmp_path_factory.mktemp("classes")
    source = CORE / "test" / "java" / "org" / "encore" / "text" / "TextProbe.java"
    paths = ["-sourcepath", str(CORE / "main" / "java"), "-d", str(classes)]
    subprocess.run([jdk.home / "bin" / "javac", "-nowarn", *paths, str(source)], check=True, timeout=120)
    made = Probe(jdk.home / "bin" / "java", classes, folder)
    yield made
    made.close()


def _same(probe: Probe, analyzer: Analyzer, text: str) -> None:
    # Two surrogates that meet are one character to Java, so they have to be to Python.
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    found = probe.tokens(text)
    for mode in ("cut", "search"):
        assert found[mode] == [list(token) for token in utf16(analyzer.tokens(text, mode), text)], mode


@settings(max_examples=1500, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(texts)
def test_any_text(probe: Probe, analyzer: Analyzer, text: str) -> None:
    _same(probe, analyzer, text)


def test_every_source_of_the_normaliser(probe: Probe, analyzer: Analyzer) -> None:
    """The table's 45,000 sources in lines of 50, in random order, so that neighbours meet."""
    shuffled = random.Random(5).sample(SOURCES, len(SOURCES))
    for start in range(0, len(shuffled), 50):
        _same(probe, analyzer, "".join(shuffled[start : start + 50]))


def test_every_word_of_the_dictionary(probe: Probe, analyzer: Analyzer, folder: Path) -> None:
    """A sample of 40,000 words in lines of 40: the routes between words, and the logs read from the file."""
    rows = (folder / "words.tsv").read_text("utf-8").splitlines()
    words = [row.split("\t")[0] for row in rows]
    sampled = random.Random(6).sample(words, 40_000)
    for start in range(0, len(sampled), 40):
        _same(probe, analyzer, "".join(sampled[start : start + 40]))


@pytest.mark.parametrize("unit", ["餮", "a", "😀", "的 ", "a1.5%", "我爱北京天安门"])
def test_long_text(probe: Probe, analyzer: Analyzer, unit: str) -> None:
    _same(probe, analyzer, unit * (20_000 // len(unit)))
