import json

import pytest

from ranker.engine.index.generation import History, Manifest, remove_folder
from ranker.errors import InvalidInputError

NAMES = [f"videos-2021010{day}t000000000-1f0c9a" for day in range(1, 5)]


def manifest(name, **changes):
    values = {
        "schema": 1,
        "generation": name,
        "index": "videos",
        "source": "a.csv",
        "content": "c",
        "dictionary": "d",
        "encoder": {"name": "bge", "version": "v", "dimensions": 512},
        "rows": 3,
        "clock_offset_ms": 0,
        "writes_from": 1,
        "built_at": 5,
        "report": {"rows": 3, "indexed": 3, "merged": 0, "refused": 0},
    }
    return Manifest(**(values | changes))


def make(root, name):
    (root / name).mkdir(parents=True)
    manifest(name).write(root / name)


def test_a_manifest_is_read_as_it_was_written(tmp_path):
    make(tmp_path, NAMES[0])
    assert Manifest.read(tmp_path / NAMES[0]) == manifest(NAMES[0])
    assert json.loads((tmp_path / NAMES[0] / "manifest.json").read_text())["clock_offset_ms"] == 0


def test_a_folder_without_one_or_of_another_schema_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match=r"\[x\] is no generation here: "):
        Manifest.read(tmp_path / "x")
    (tmp_path / "y").mkdir()
    manifest("y", schema=9).write(tmp_path / "y")
    with pytest.raises(InvalidInputError) as caught:
        Manifest.read(tmp_path / "y")
    assert str(caught.value) == "generation [y] has schema [9] and [1] is read: build the index again"


def test_two_generations_are_held_the_live_one_last(tmp_path):
    history = History(tmp_path, "videos")
    assert history.names() == []
    for name in NAMES[:3]:
        make(tmp_path, name)
        history.went_live(name)
    assert history.names() == NAMES[1:3]
    history.went_live(NAMES[1])
    assert history.names() == [NAMES[2], NAMES[1]]


def test_a_generation_whose_folder_is_gone_is_not_held(tmp_path):
    history = History(tmp_path, "videos")
    for name in NAMES[:2]:
        make(tmp_path, name)
        history.went_live(name)
    remove_folder(tmp_path, NAMES[0])
    assert history.names() == [NAMES[1]]


def test_leftovers_are_this_indexs_generations_only(tmp_path):
    for name in (NAMES[0], NAMES[1], "songs-20210101t000000000-1f0c9a"):
        make(tmp_path, name)
    (tmp_path / ".scratch-1").mkdir()
    assert History(tmp_path, "videos").others({NAMES[1]}) == [NAMES[0]]
    remove_folder(tmp_path, ".scratch-1")
    assert (tmp_path / ".scratch-1").exists()
