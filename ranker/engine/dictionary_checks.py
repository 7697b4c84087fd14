"""Compares this installation's dictionaries with those of every node: their content and their tokens."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ranker.engine import dictionaries
from ranker.engine.check import Check
from ranker.engine.reach import Reach
from ranker.engine.rest import EngineRest
from ranker.errors import EncoreError, InvalidInputError
from ranker.settings import Settings
from ranker.text.analyzer import Analyzer, Mode
from ranker.text.dictionary import content_sha256, verify
from ranker.text.token import Token, utf16

# Each tries a rule: traditional, joined words, expansions, capitals, blanks, unknown words, other planes.
TEXTS = (
    "周杰倫《晴天》",
    "中华人民共和国",
    "㍿ﬁlm 😀 ＫＴＶ",
    "G.E.M.鄧紫棋 - 光年之外(Live)",
    "小明硕士毕业于中国科学院计算所，后在日本京都大学深造",
    "乾隆裏的乾杯",
    "他来到了网易杭研大厦",
    "𠮷野家 2024年ｶﾞｶﾞ",
    "  é e\u0301 \t\n",
    "！？",
)
MODES: tuple[Mode, ...] = ("cut", "search")


def checks(settings: Settings) -> Iterator[Check]:
    """One line for each version of this installation and of the engine, if one can be asked."""
    folders = dictionaries.exported(settings)
    if not folders:
        yield Check("dictionaries", "note", "none exported yet", "'encore index build' exports one")
    sound: dict[str, Path] = {}
    for folder in folders:
        try:
            verify(folder)
        except InvalidInputError as error:
            yield Check(f"dictionary {folder.name}", "missing", str(error), "build the index again")
        else:
            sound[folder.name] = folder
    try:
        reach = Reach.of(settings)
    except EncoreError:
        for version in sound:
            yield Check(f"dictionary {version}", "ok", "sound; no engine runs that it could be compared with")
        return
    try:
        with reach.engine() as rest:
            yield from compared(rest, sound)
    except EncoreError as error:
        yield Check("dictionaries of the engine", "missing", str(error), "look at the engine and its plugin")


def compared(rest: EngineRest, sound: dict[str, Path]) -> Iterator[Check]:
    """Compare folders, by version, with what the engine's nodes hold.

    Raises:
        EncoreError: The engine does not answer.
    """
    found = dictionaries.versions(rest)
    for version in sorted(found.keys() | sound.keys()):
        name = f"dictionary {version}"
        if version not in found:
            todo = f"if an index is to use it: 'encore dictionary put {version}'"
            yield Check(name, "note", "sound, and not in the engine", todo)
            continue
        entry = found[version]
        made = _content(name, rest, version, entry, sound.get(version))
        yield made
        if made.state == "ok" and entry["indices"]:
            yield tokens(rest, sound[version])


def _content(name: str, rest: EngineRest, version: str, entry: dict[str, Any], folder: Path | None) -> Check:
    wanted = entry["listed"] or entry["indices"]
    if wanted and any(state != "ready" for state in entry["nodes"].values()):
        nodes = dictionaries.details(rest, version)["nodes"].values()
        lacking = "; ".join(
            f"{node['node']}: {node['state']}, {node.get('reason', 'no reason known')}"
            for node in nodes
            if node["state"] != "ready"
        )
        todo = f"the nodes go on fetching it; 'encore dictionary put {version}' sends it again"
        return Check(name, "missing", lacking, todo)
    users = f"used by {', '.join(entry['indices'])}" if entry["indices"] else "used by no index"
    if folder is None:
        todo = "nothing, if another installation built it; else 'encore index build'"
        return Check(name, "note", f"{users}, and this installation has no copy", todo)
    here = content_sha256(folder)
    if entry["sha256"] != here:
        found = f"the engine's content is [{entry['sha256']}], Python's [{here}]"
        return Check(name, "missing", found, "build the index again")
    ready = sum(state == "ready" for state in entry["nodes"].values())
    return Check(name, "ok", f"the same content on {ready} of {len(entry['nodes'])} nodes; {users}")


def tokens(rest: EngineRest, folder: Path) -> Check:
    """Cut a few texts in Python and in the engine, in both modes.

    Raises:
        EngineError: The engine cannot use the version.
    """
    analyzer = Analyzer.load(folder)
    name = f"tokens by {folder.name}"
    for text in TEXTS:
        for mode in MODES:
            here = [
                (token.term, token.start, token.end) for token in utf16(analyzer.tokens(text, mode), text)
            ]
            there = [
                (token.term, token.start, token.end) for token in _engines(rest, folder.name, text, mode)
            ]
            if here != there:
                found = f"[{text}] in mode [{mode}] is {there} in the engine and {here} in Python"
                return Check(name, "missing", found, "use one release of plugin and Python, then build again")
    return Check(name, "ok", f"{len(TEXTS)} texts, cut and search: the same in Python and in the engine")


def _engines(rest: EngineRest, version: str, text: str, mode: str) -> list[Token]:
    tokenizer = {"type": "encore_jieba", "dictionary": version, "mode": mode}
    body = {"tokenizer": tokenizer, "filter": [{"type": "encore_content"}], "text": text}
    return [
        Token(token["token"], token["start_offset"], token["end_offset"])
        for token in rest.call("POST", "/_analyze", body)["tokens"]
    ]
