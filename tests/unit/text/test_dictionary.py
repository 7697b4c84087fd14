"""Export is whole or not at all, named by its content, and checked before use."""

import json
import math
import shutil
from pathlib import Path

import pytest

from ranker.errors import InvalidInputError
from ranker.text.dictionary import FILES, DictionaryWord, export, verify


@pytest.fixture
def copy(dictionary_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(dictionary_folder, tmp_path / dictionary_folder.name))


def test_manifest(dictionary_folder: Path) -> None:
    manifest = verify(dictionary_folder)
    rows = [line.split("\t") for line in (dictionary_folder / "words.tsv").read_text("utf-8").splitlines()]
    assert manifest["schema"] == 1
    assert manifest["version"] == dictionary_folder.name
    assert sorted(manifest["files"]) == sorted(FILES)
    assert manifest["log_total"] == math.log(sum(int(frequency) for _, frequency, _ in rows))
    assert manifest["max_word_code_points"] == max(len(word) for word, _, _ in rows)
    assert all(float(log) == math.log(int(frequency)) for _, frequency, log in rows[:1000])


def test_same_names_are_the_same_version_and_others_another(dictionary_folder: Path, tmp_path: Path) -> None:
    first = export([DictionaryWord("晴天"), DictionaryWord("寂寞寂寞就好")], tmp_path)
    created = verify(tmp_path / first)["created"]
    assert export([DictionaryWord("寂寞寂寞就好"), DictionaryWord("晴天")], tmp_path) == first
    assert verify(tmp_path / first)["created"] == created
    assert first != dictionary_folder.name
    assert [path.name for path in tmp_path.iterdir()] == [first]


def test_failed_export_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        export([], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_damaged_file_is_named(copy: Path) -> None:
    wanted = json.loads((copy / "manifest.json").read_text())["files"]["hmm.json"]
    (copy / "hmm.json").unlink()
    with pytest.raises(InvalidInputError) as error:
        verify(copy)
    assert str(error.value) == (
        f"dictionary [{copy.name}] is damaged: [hmm.json] has checksum [no such file] instead of [{wanted}]; "
        "delete the folder and export it again"
    )


def test_damaged_version_is_not_taken_for_exported(copy: Path) -> None:
    (copy / "words.tsv").write_text("", "utf-8")
    names = [DictionaryWord(name) for name in ("周杰倫", "G.E.M.", "會不會", "哪吒之魔童降世")]
    with pytest.raises(InvalidInputError, match=r"is damaged: \[words.tsv\]"):
        export(names, copy.parent)


def test_other_schema_is_refused(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps({**manifest, "schema": 2}))
    with pytest.raises(InvalidInputError) as error:
        verify(copy)
    assert str(error.value) == f"dictionary [{copy.name}] has schema [2]; this program reads [1]"


def test_renamed_folder_is_refused(copy: Path) -> None:
    renamed = copy.rename(copy.with_name("0123456789ab"))
    with pytest.raises(InvalidInputError) as error:
        verify(renamed)
    assert str(error.value) == (
        f"dictionary folder [0123456789ab] holds version [{copy.name}]; a version is never renamed"
    )


def test_folder_that_is_no_dictionary(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="is no dictionary: "):
        verify(tmp_path)


def test_folder_can_be_read_by_another_user(dictionary_folder: Path) -> None:
    assert dictionary_folder.stat().st_mode & 0o755 == 0o755
