"""One suite for both ways to a generation's columns: the running ranker's HTTP, and the folder."""

import json
import shutil
import threading
import time
from pathlib import Path

import pytest
import uvicorn

from ranker.catalog.video import Video, to_table
from ranker.engine import trust
from ranker.engine.index.naming import index_of
from ranker.engine.index.ranker_door import (
    OfflineRanker,
    RunningRanker,
    count_rows,
    deletes,
    upserts,
    write_columns,
)
from ranker.engine.ports import any_free
from ranker.errors import EncoreError, MissingPartError
from ranker.features import columns
from ranker.features.columns import VideoColumns
from ranker.serving.app import App
from ranker.serving.generations import Generations
from ranker.serving.metrics import Metrics
from ranker.serving.understand import Understanding
from ranker.text.dictionary import DictionaryWord, export
from tests.certificates import Pair, self_signed

NAME = "videos-20210101t000000000-1f0c9a"
OTHER = "videos-20210101t000001000-1f0c9a"


class Held:
    """What the ranker holds of a generation, without models."""

    clock_offset_milliseconds = 0

    def __init__(self, folder: Path) -> None:
        self.index = index_of(folder.name)
        self.columns = VideoColumns.open(folder)
        self.versions = {}

    def reindex(self, ids):
        pass

    def close(self):
        self.columns.close()


async def load(folder, before):
    return before or Held(folder)


class Running:
    """The ranker's real application on a real socket."""

    def __init__(self, folder: Path, pair: Pair | None = None, token: str | None = None) -> None:
        self.generations = Generations(folder, load)
        self.port = any_free()
        app = App(
            None,
            Understanding(self.generations.find, None, Metrics()),
            None,
            self.generations,
            None,
            Metrics(),
            token,
        )
        config = uvicorn.Config(
            app,
            port=self.port,
            lifespan="off",
            log_config=None,
            ssl_certfile=pair and pair.certificate,
            ssl_keyfile=pair and pair.key,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self):
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        self._server.should_exit = self._server.force_exit = True  # idle connections are not waited for
        self._thread.join(10)
        self.generations.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = tmp_path_factory.mktemp("columns")
    version = export([DictionaryWord("晴天")], root / "dictionary")
    table = to_table([Video(video_id=f"BV{n}", title=f"晴天 {n}") for n in range(3)])
    columns.write(table, None, None, root / "dictionary" / version, root / "generations" / NAME)
    (root / "generations" / NAME / "manifest.json").write_text("{}")
    return root


@pytest.fixture
def folder(made, tmp_path):
    shutil.copytree(made, tmp_path / "made")
    generations = tmp_path / "made" / "generations"
    shutil.copytree(generations / NAME, generations / OTHER)
    return generations


@pytest.fixture(params=["offline", "running", "token and TLS"])
def door(request, folder, tmp_path):
    if request.param == "offline":
        yield OfflineRanker(folder)
        return
    if request.param == "token and TLS":
        pair = self_signed(tmp_path)
        with Running(folder, pair, "s3cret") as running:
            url = f"https://127.0.0.1:{running.port}"
            yield RunningRanker(url, folder, "s3cret", trust.context(pair.certificate))
        return
    with Running(folder) as running:
        yield RunningRanker(f"http://127.0.0.1:{running.port}", folder)


def found(folder, *ids):
    return (VideoColumns.open(folder / NAME).rows(list(ids)) >= 0).tolist()


def test_activation_tells_the_rows(door):
    assert door.activate(NAME) == 3
    assert set(door.held()) <= {NAME}


def test_changes_are_durable_in_their_order(door, folder):
    door.activate(NAME)
    new = Video(video_id="BV9", title="稻香")
    door.write(NAME, [*upserts([new]), *deletes(["BV9", "BV0"]), *upserts([new]), *deletes(["BV1"])])
    assert found(folder, "BV9", "BV0", "BV1", "BV2") == [True, False, False, True]
    assert count_rows(folder / NAME) == 2
    assert door.activate(NAME) == 2


def test_a_generation_that_is_not_held_is_written_in_its_folder(door, folder):
    door.activate(NAME)
    door.write(OTHER, deletes(["BV0"]))
    assert count_rows(folder / OTHER) == 2
    assert count_rows(folder / NAME) == 3


def test_many_changes_go_in_batches(door, folder):
    door.activate(NAME)
    door.write(NAME, upserts([Video(video_id=f"N{n}", title="x") for n in range(2500)]))
    assert door.activate(NAME) == 2503


def test_what_was_activated_offline_is_found_at_the_rankers_start(folder):
    offline = OfflineRanker(folder)
    for name in ("videos-20200101t000000000-000000", OTHER, NAME):
        if (folder / name).exists():
            offline.activate(name)
    assert json.loads((folder / "active.json").read_text()) == [OTHER, NAME]

    import asyncio

    generations = Generations(folder, load)
    assert asyncio.run(generations.restore()) == []
    assert [entry["generation"] for entry in generations.describe()] == [OTHER, NAME]
    generations.close()


def test_each_index_keeps_the_two_that_it_activated_last(door, folder):
    mine = [f"mine-20210101t00000{n}000-1f0c9a" for n in range(3)]
    for name in mine:
        shutil.copytree(folder / NAME, folder / name)
    for name in (OTHER, NAME, *mine):
        door.activate(name)
    assert json.loads((folder / "active.json").read_text()) == [OTHER, NAME, *mine[1:]]


def test_the_running_ranker_says_what_it_holds(folder):
    with Running(folder) as running:
        door = RunningRanker(f"http://127.0.0.1:{running.port}", folder)
        door.activate(OTHER)
        door.activate(NAME)
        assert door.held() == {OTHER: 3, NAME: 3}
        with pytest.raises(EncoreError) as caught:
            door.activate("videos-x")
        assert str(caught.value) == (
            "the ranker refused [POST /v1/generations/videos-x/activate] with [400]: "
            "generation [videos-x] has no folder here; build it first"
        )


def test_a_ranker_with_another_certificate_never_sees_the_token(folder, tmp_path):
    with Running(folder, self_signed(tmp_path, "impostor"), "s3cret") as running:
        url = f"https://127.0.0.1:{running.port}"
        known = trust.context(self_signed(tmp_path).certificate)
        door = RunningRanker(url, folder, "s3cret", known)
        with pytest.raises(MissingPartError, match=r"does not answer \(.*CERTIFICATE_VERIFY_FAILED"):
            door.held()


def test_a_silent_ranker_is_an_error_not_a_write_behind_its_back(folder):
    door = RunningRanker("http://127.0.0.1:9", folder)
    with pytest.raises(MissingPartError, match=r"the ranker at \[http://127.0.0.1:9.*\] does not answer"):
        door.write(NAME, deletes(["BV0"]))
    assert count_rows(folder / NAME) == 3


def test_columns_that_another_process_writes_are_left_alone(folder):
    holder = VideoColumns.open(folder / NAME)
    holder.delete(["BV0"])
    with pytest.raises(EncoreError, match="is being written by another process"):
        write_columns(folder / NAME, deletes(["BV1"]))
    holder.close()
