"""Tokens a second: the plugin's tokenizer in a Java process, and jieba in this one, turn and turn about."""

import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from ranker.engine.java import Jdk
from ranker.errors import EncoreError
from ranker.text import rows
from ranker.text.dictionary import verify
from ranker.text.normalizer import Normalizer
from ranker.text.segmenter import Segmenter

MODES: Final = ("cut", "search")
LEAST_TIMES: Final = 5.0
FEWEST_TEXTS: Final = 4_000  # eight times as many as a thread of the engine keeps
_PROGRAM: Final = Path(__file__).with_name("TokenizerSpeed.java")
_JARS: Final = ("lucene-core-*.jar", "encore-core-*.jar")
Mode = Literal["cut", "search"]
Rate = Callable[[Mode, float], float]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class TokenizerSpeed:
    """Tokens a second by mode, one number a round: `java` the plugin's chain, `jieba` Python's."""

    texts: int
    java: dict[str, list[float]]
    jieba: dict[str, list[float]]

    def times(self, mode: str) -> float:
        """The median of the rounds' ratios."""
        pairs = zip(self.java[mode], self.jieba[mode], strict=True)
        return statistics.median(java / jieba for java, jieba in pairs)

    @property
    def enough(self) -> bool:
        """Whether Java is as many times faster as it must be, in each mode."""
        return all(self.times(mode) >= LEAST_TIMES for mode in MODES)

    def as_json(self) -> dict[str, Any]:
        """{"texts", "cut": {"java", "jieba", "times"}, "search": …, "at_least"}, tokens a second."""
        found: dict[str, Any] = {"texts": self.texts, "at_least": LEAST_TIMES, "ok": self.enough}
        for mode in MODES:
            found[mode] = {
                "java": round(statistics.median(self.java[mode])),
                "jieba": round(statistics.median(self.jieba[mode])),
                "times": round(self.times(mode), 2),
            }
        return found


def measure(
    texts: Sequence[str], dictionary: Path, java: Rate, rounds: int, seconds: float, progress: Progress
) -> TokenizerSpeed:
    """Both on the same texts, one thread each, never at once; a first round warms up and doesn't count.

    Java normalises, cuts, makes offsets and drops what has no content; jieba only cuts, with the same words.

    Args:
        texts: Anything.
        dictionary: Of both.
        java: `java_tokenizer`.
        rounds: That count.
        seconds: Of each measurement.
        progress: Told (what, done, in all).
    """
    jieba = _jieba(dictionary, texts)
    found: dict[str, dict[str, list[float]]] = {
        name: {mode: [] for mode in MODES} for name in ("java", "jieba")
    }
    for turn in range(rounds + 1):
        for mode in MODES:
            rates = {"java": java(mode, seconds), "jieba": jieba(mode, seconds)}
            if turn:
                for name, rate in rates.items():
                    found[name][mode].append(rate)
        progress("rounds", turn + 1, rounds + 1)
    return TokenizerSpeed(len(texts), found["java"], found["jieba"])


@contextmanager
def java_tokenizer(
    jdk: Jdk, home: Path, dictionary: Path, texts: Sequence[str], work: Path
) -> Iterator[Rate]:
    """Yield what measures the plugin's tokenizer, in a process of its own with the jars of an engine's home.

    Args:
        jdk: Runs it.
        home: An engine's with the plugin.
        dictionary: A version's folder.
        texts: To cut.
        work: A folder for their copy.
    """
    jars = [str(path) for pattern in _JARS for path in sorted(home.rglob(pattern))[:1]]
    copy = work / "texts"
    with copy.open("wb") as file:
        for text in texts:
            data = text.encode("utf-8", "replace")
            file.write(len(data).to_bytes(4) + data)
    command = [jdk.java, "-XX:+UseSerialGC", "-cp", ":".join(jars), _PROGRAM, dictionary, copy]
    process = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

    def rate(mode: Mode, seconds: float) -> float:
        assert process.stdin and process.stdout and process.stderr
        try:
            process.stdin.write(f"{mode.upper()} {seconds}\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass  # it died: its last words tell why
        answer = process.stdout.readline().split()
        if not answer:
            raise EncoreError(f"the Java tokenizer stopped: [{process.stderr.read().strip()}]")
        tokens, nanoseconds = map(int, answer)
        return tokens / nanoseconds * 1e9

    with process:
        try:
            yield rate
        finally:
            process.kill()  # it holds nothing


def _jieba(dictionary: Path, texts: Sequence[str]) -> Rate:
    words: dict[str, int] = {}
    for field, frequency, _ in rows.read(dictionary / "words.tsv", 3):
        words[rows.unescape(field)] = int(frequency)
    segmenter = Segmenter(words, None, verify(dictionary)["log_total"])
    normalizer = Normalizer.load(dictionary)
    normalized = [normalizer.text(text) for text in texts]
    cut = {"cut": segmenter.cut, "search": segmenter.cut_for_search}

    def rate(mode: Mode, seconds: float) -> float:
        tokens, took, began = 0, 0.0, time.perf_counter()
        while took < seconds:
            for text in normalized:
                tokens += sum(1 for _ in cut[mode](text))
            took = time.perf_counter() - began
        return tokens / took

    return rate
