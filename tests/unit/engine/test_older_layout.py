import os

import pytest

from ranker.engine import lock
from ranker.engine.older_layout import move
from ranker.engine.plan import lock_data
from ranker.errors import EncoreError
from ranker.settings import Settings


def written(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("kept")
    return path


def test_what_was_elasticsearchs_alone_becomes_its_part(tmp_path):
    for name in (
        "engine/data/node.lock",
        "engine/lock",
        "generations/videos-1/manifest.json",
        "generations/videos.history.json",
        "engine/opensearch/data/node.lock",
        "writes/videos/1.log",
    ):
        written(tmp_path / name)
    settings = Settings(data=tmp_path, engine="opensearch")
    assert move(settings) == [
        tmp_path / "engine" / "elasticsearch" / "data",
        tmp_path / "engine" / "elasticsearch" / "lock",
        tmp_path / "generations" / "elasticsearch" / "videos-1",
        tmp_path / "generations" / "elasticsearch" / "videos.history.json",
        tmp_path / "writes" / "elasticsearch" / "videos",
    ]
    assert (tmp_path / "engine/elasticsearch/data/node.lock").read_text() == "kept"
    assert (tmp_path / "generations/elasticsearch/videos-1/manifest.json").read_text() == "kept"
    assert (tmp_path / "engine/opensearch/data/node.lock").read_text() == "kept"
    assert move(settings) == []


def test_a_new_folder_is_left_alone(tmp_path):
    assert move(Settings(data=tmp_path / "absent")) == []
    assert not (tmp_path / "absent").exists()


def test_a_running_nodes_folder_is_not_moved(tmp_path):
    (tmp_path / "engine").mkdir()
    held = lock_data(tmp_path / "engine")
    lock.note(held, os.getpid())
    with pytest.raises(EncoreError, match=r"^an engine already runs on \["):
        move(Settings(data=tmp_path))
    os.close(held)
    assert (tmp_path / "engine" / "lock").exists()
