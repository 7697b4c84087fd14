"""What the doctor says of dictionaries, with an engine that the test plays."""

import json
import shutil

import pytest

from ranker.engine import dictionary_checks
from ranker.engine.check import Check
from ranker.engine.dictionaries import PATH
from ranker.settings import Settings
from ranker.text.analyzer import Analyzer
from ranker.text.dictionary import DictionaryWord, content_sha256, export
from ranker.text.token import utf16


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("dictionary")
    return target / export([DictionaryWord("晴天")], target)


class PlayedEngine:
    """Answers as one whose two nodes have the versions of `entries`."""

    def __init__(self, entries, analyzer=None):
        self.entries, self.analyzer = entries, analyzer

    def call(self, method, path, body=None, parameters=None):
        if path == PATH:
            return {"versions": self.entries}
        if path.startswith(PATH):
            states = self.entries[path.rpartition("/")[2]]["nodes"]
            return {
                "nodes": {
                    key: {"node": f"node {key}", "state": state, "reason": "its disk is full"}
                    for key, state in states.items()
                }
            }
        text, mode = body["text"], body["tokenizer"]["mode"]
        return {
            "tokens": [
                {"token": token.term, "start_offset": token.start, "end_offset": token.end}
                for token in utf16(self.analyzer.tokens(text, mode), text)
            ]
        }


def entry(folder, *states, indices=(), sha256=None):
    return {
        "listed": True,
        "sha256": sha256 or content_sha256(folder),
        "nodes": {str(number): state for number, state in enumerate(states, 1)},
        "indices": list(indices),
    }


def compared(folder, entries, **options):
    return list(dictionary_checks.compared(PlayedEngine(entries, **options), {folder.name: folder}))


def test_none_is_exported_yet(tmp_path):
    assert list(dictionary_checks.checks(Settings(data=tmp_path))) == [
        Check("dictionaries", "note", "none exported yet", "'encore index build' exports one")
    ]


def test_without_an_engine_the_files_are_checked(tmp_path, folder):
    settings = Settings(data=tmp_path)
    shutil.copytree(folder, settings.dictionaries / folder.name)
    assert list(dictionary_checks.checks(settings)) == [
        Check(f"dictionary {folder.name}", "ok", "sound; no engine runs that it could be compared with")
    ]
    manifest = settings.dictionaries / folder.name / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "schema": 99}))
    (check,) = dictionary_checks.checks(settings)
    assert (check.state, check.todo) == ("missing", "build the index again")


def test_the_same_content_and_the_same_tokens(folder):
    found = compared(
        folder,
        {folder.name: entry(folder, "ready", "ready", indices=["videos-1"])},
        analyzer=Analyzer.load(folder),
    )
    assert found == [
        Check(f"dictionary {folder.name}", "ok", "the same content on 2 of 2 nodes; used by videos-1"),
        Check(
            f"tokens by {folder.name}",
            "ok",
            "10 texts, cut and search: the same in Python and in the engine",
        ),
    ]


def test_other_tokens_are_shown(folder, tmp_path):
    other = tmp_path / export([DictionaryWord("倫《晴"), DictionaryWord("杰伦")], tmp_path)
    (_, check) = compared(
        folder,
        {folder.name: entry(folder, "ready", indices=["videos-1"])},
        analyzer=Analyzer.load(other),
    )
    assert (check.name, check.state) == (f"tokens by {folder.name}", "missing")
    assert check.found == (
        "[周杰倫《晴天》] in mode [search] is [('周杰伦', 0, 3), ('杰伦', 1, 3), ('晴天', 4, 6)] in the "
        "engine and [('周杰伦', 0, 3), ('晴天', 4, 6)] in Python"
    )


def test_a_node_that_lacks_it_is_named(folder):
    (check,) = compared(folder, {folder.name: entry(folder, "ready", "missing")})
    assert check == Check(
        f"dictionary {folder.name}",
        "missing",
        "node 2: missing, its disk is full",
        f"the nodes go on fetching it; 'encore dictionary put {folder.name}' sends it again",
    )


def test_other_content_is_said(folder):
    (check,) = compared(folder, {folder.name: entry(folder, "ready", sha256="ffff")})
    assert (check.state, check.found) == (
        "missing",
        f"the engine's content is [ffff], Python's [{content_sha256(folder)}]",
    )


def test_versions_of_one_side_alone_are_notes(folder):
    (theirs, ours) = sorted(
        compared(folder, {"0" * 12: entry(folder, "ready", indices=["other-1"])}),
        key=lambda check: check.name,
    )
    assert theirs == Check(
        "dictionary 000000000000",
        "note",
        "used by other-1, and this installation has no copy",
        "nothing, if another installation built it; else 'encore index build'",
    )
    assert ours == Check(
        f"dictionary {folder.name}",
        "note",
        "sound, and not in the engine",
        f"if an index is to use it: 'encore dictionary put {folder.name}'",
    )
