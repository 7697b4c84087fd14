"""Are the engine's tokens Python's? Every text, three ways of writing it, both modes, through the real node.

The node's `_analyze` takes many texts at once and numbers their offsets through: a text begins one unit
(the analyzer's offset gap) behind the end of the one before it, in UTF-16 units. So each text's tokens are
those between its own bounds, and a chain that reports a wrong end of text is found out at the next text.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, NamedTuple

import msgspec

from ranker.engine.index.mapping import analysis
from ranker.engine.rest import EngineRest
from ranker.text.analyzer import Analyzer, Mode
from ranker.text.token import Token, utf16

MODES: Final[tuple[Mode, ...]] = ("cut", "search")
FORMS: Final = ("original", "traditional", "full_width")
SHOWN_DIFFERENCES: Final = 20

_FULL_WIDTH: Final = {ord(" "): "\u3000", **{code: chr(code + 0xFEE0) for code in range(0x21, 0x7F)}}
_BATCH_TEXTS: Final = 1_000
_BATCH_CHARACTERS: Final = 50_000
# The engine's default refuses more than 10,000 tokens a request; the bench bounds its requests itself.
_MOST_TOKENS: Final = 2**31 - 1


_Batch = list[tuple[str, str]]  # (form, text)
_Answer = list[list[list[Token]]]  # by mode, by text


class Difference(NamedTuple):
    """One text of which the two sides make different tokens."""

    text: str
    form: str
    mode: Mode
    engine: list[Token]
    python: list[Token]

    def as_json(self) -> dict[str, Any]:
        """The text and what only one side has: [term, start, end, place] in UTF-16 units."""
        return {
            "text": self.text,
            "form": self.form,
            "mode": self.mode,
            "engine_only": [list(token) for token in self.engine if token not in self.python],
            "python_only": [list(token) for token in self.python if token not in self.engine],
        }


@dataclass
class Comparison:
    """What was compared so far: `analysed` texts in all forms, each in both modes; `tokens` of both modes."""

    strings: int = 0
    analysed: int = 0
    tokens: int = 0
    differing: int = 0
    differences: list[Difference] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The counts, and the first few differences."""
        return {
            "strings": self.strings,
            "analysed": self.analysed,
            "tokens": self.tokens,
            "differing": self.differing,
            "differences": [difference.as_json() for difference in self.differences],
        }


def forms(text: str, traditional: Callable[[str], str]) -> dict[str, str]:
    """The text as it is, in traditional characters, and in full width."""
    return {
        "original": text,
        "traditional": traditional(text),
        "full_width": text.translate(_FULL_WIDTH),
    }


def compare(
    texts: Sequence[str],
    analyzer: Analyzer,
    engine: EngineRest,
    told: Callable[[int], None] = lambda done: None,
) -> Comparison:
    """Analyse every text in three forms and both modes on both sides.

    A text of which the modes differ counts once. `told` hears how many texts are done. The node needs the
    analyzer's dictionary; a small index with the real analyzers is made there and deleted again.

    Raises:
        EngineError: The node refused a request, for instance for want of the dictionary.
    """
    import opencc

    traditional = opencc.OpenCC("s2t").convert
    result = Comparison(strings=len(texts))
    written = ((form, spelled) for text in texts for form, spelled in forms(text, traditional).items())
    with _index(engine, analyzer.version) as index, ThreadPoolExecutor(1) as pool:

        def ask(batch: _Batch) -> Future[_Answer]:
            return pool.submit(_analyzed, engine, index, [spelled for _, spelled in batch])

        for batch, answer in _ahead(_batches(written), ask):
            _judge(result, batch, answer, analyzer)
            told(result.analysed // len(FORMS))
    return result


def _judge(result: Comparison, batch: _Batch, answer: _Answer, analyzer: Analyzer) -> None:
    for number, (form, text) in enumerate(batch):
        same = True
        for mode, by_text in zip(MODES, answer, strict=True):
            engine = by_text[number]
            python = _placed(utf16(analyzer.tokens(text, mode), text))
            result.tokens += len(python)
            if engine != python:
                same = False
                if len(result.differences) < SHOWN_DIFFERENCES:
                    result.differences.append(Difference(text, form, mode, engine, python))
        result.analysed += 1
        result.differing += not same


def _placed(tokens: list[Token]) -> list[Token]:
    """Count places from the text's first token, for the engine counts through all texts of a request."""
    first = tokens[0].position if tokens else 0
    return [token._replace(position=token.position - first) for token in tokens]


def _batches(written: Iterable[tuple[str, str]]) -> Iterator[_Batch]:
    batch: _Batch = []
    characters = 0
    for form, text in written:
        if batch and (len(batch) == _BATCH_TEXTS or characters + len(text) > _BATCH_CHARACTERS):
            yield batch
            batch, characters = [], 0
        batch.append((form, text))
        characters += len(text)
    if batch:
        yield batch


def _ahead(
    batches: Iterator[_Batch], ask: Callable[[_Batch], Future[_Answer]]
) -> Iterator[tuple[_Batch, _Answer]]:
    """Pair each batch with its answer, the next one being asked for meanwhile."""
    waiting = [(batch, ask(batch)) for batch in islice(batches, 1)]
    while waiting:
        batch, answer = waiting.pop()
        made = answer.result()
        waiting = [(following, ask(following)) for following in islice(batches, 1)]
        yield batch, made


class _EngineToken(msgspec.Struct):
    token: str
    start_offset: int
    end_offset: int
    position: int


class _EngineTokens(msgspec.Struct):
    tokens: list[_EngineToken]


_DECODER: Final = msgspec.json.Decoder(_EngineTokens)


def _analyzed(engine: EngineRest, index: str, texts: list[str]) -> _Answer:
    """Ask the node, once a mode; the tokens of each text with offsets into that text."""
    answers = []
    for mode in MODES:
        body = {"analyzer": f"encore_{mode}", "text": texts}
        content = engine.exchange("POST", f"/{index}/_analyze", body).content
        answers.append(apart(_DECODER.decode(content).tokens, texts))
    return answers


def apart(tokens: Sequence[_EngineToken], texts: Sequence[str]) -> list[list[Token]]:
    """Give each text the tokens that start within it, with offsets and places counted from there."""
    found: list[list[Token]] = []
    start = number = 0
    for text in texts:
        behind = start + len(text.encode("utf-16-le")) // 2 + 1
        mine = []
        while number < len(tokens) and tokens[number].start_offset < behind:
            token = tokens[number]
            mine.append(
                Token(token.token, token.start_offset - start, token.end_offset - start, token.position)
            )
            number += 1
        found.append(_placed(mine))
        start = behind
    return found


@contextmanager
def _index(engine: EngineRest, dictionary: str) -> Iterator[str]:
    """An index with the project's own analyzers over a dictionary, for as long as it is needed."""
    name = f"encore-bench-tokens-{secrets.token_hex(4)}"
    settings: Mapping[str, Any] = {
        "index": {"number_of_shards": 1, "number_of_replicas": 0, "analyze.max_token_count": _MOST_TOKENS},
        "analysis": analysis(dictionary),
    }
    engine.call("PUT", f"/{name}", {"settings": settings})
    try:
        yield name
    finally:
        engine.call("DELETE", f"/{name}")
