"""`encore bench tokens` on a real node: odd and long texts agree, and what differs is found."""

import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ranker.cli.main import app
from ranker.engine.rest import EngineRest
from ranker.evaluation.tokens import compare
from ranker.text.analyzer import Analyzer
from ranker.text.normalizer import Normalizer
from ranker.text.table import normalizer_table
from tests.engine.running_node import RunningNode

pytestmark = pytest.mark.node

ODD = [
    "",
    " ",
    "\u3000\u00a0\u200b\ufeff",
    "a\0b\x01c\x1fd\x7fe\u0085f\u2028g\u2029h",
    "晴天\r\n会不会\r晴天\n\r",
    "👨‍👩‍👧 🇨🇳 ❤️ 晴天😀",
    "𠮷野家 𫝆 \U0002f800 \U0010ffff",
    "e\u0301\u0301 ạ\u0302 ｶﾞﾝﾀﾞﾑ 각 ㅎㅏ ก็ हि",
    "㍿ ﷺ ﬁ İ ß Σ ①Ⅳ ℌ 𝓛𝓸𝓿𝓮",
    '"\\/<b>{"text": [1]}',
    "哪吒 哪咤 乾隆 乾杯 瞭解 瞭望",
    "\uffff\ufffe\ufffd\ue000",
    "餮" * 12_000,  # the engine's default would refuse it: more than 10,000 tokens
    "a1 " * 6_000,
    "a" * 40_000,
]


def _random_texts(count: int) -> list[str]:
    chance = random.Random(3)
    sources = sorted(normalizer_table())

    def piece() -> str:
        kind = chance.random()
        if kind < 0.3:
            return chance.choice(sources)
        if kind < 0.5:
            code = chance.randrange(0x110000)
            return "晴" if 0xD800 <= code < 0xE000 else chr(code)
        return "".join(chr(chance.randrange(0x4E00, 0x9FD6)) for _ in range(chance.randrange(1, 6)))

    return ["".join(piece() for _ in range(chance.randrange(1, 8))) for _ in range(count)]


def test_odd_long_and_random_texts_agree(node: RunningNode) -> None:
    texts = ODD + _random_texts(3_000)
    with EngineRest(node.url) as engine:
        result = compare(texts, Analyzer.load(node.dictionary_folder), engine)
    assert result.as_json()["differences"] == []
    assert (result.strings, result.analysed, result.differing) == (len(texts), 3 * len(texts), 0)
    assert result.tokens > 0


def test_a_chain_that_differs_is_found(node: RunningNode) -> None:
    analyzer = Analyzer.load(node.dictionary_folder)
    analyzer.normalizer = Normalizer({"晴": "雨"})
    with EngineRest(node.url) as engine:
        result = compare(["晴天", "会不会"], analyzer, engine)
    assert (result.analysed, result.differing) == (6, 4)  # all of 晴天, and 會不會
    assert result.differences[0].as_json()["engine_only"] == [["晴天", 0, 2, 0]]


def test_the_bench_leaves_no_index_behind(node: RunningNode) -> None:
    assert not [name for name in node.client.call("GET", "/_all") if name.startswith("encore-bench")]


def test_command_on_files(node: RunningNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCORE_DATA", str(tmp_path / "data"))
    file = tmp_path / "queries.tsv"
    file.write_text("id\tquery\n1\t周杰伦 晴天\n2\t會不會😀\n", "utf-8")
    command = ["bench", "tokens", str(file), "--json", "--node", node.url]
    done = CliRunner().invoke(app, [*command, "--dictionary", str(node.dictionary_folder)])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["strings"], found["analysed"], found["differing"]) == (2, 6, 0)
    assert (found["dictionary"], found["unread"], found["replaced"]) == (node.dictionary, [], 0)
