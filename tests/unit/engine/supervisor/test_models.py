import asyncio
from pathlib import Path

import pytest

from ranker.engine.supervisor.models import ModelKeeper
from ranker.engine.supervisor.part import Finding, Health
from ranker.serving.model_server.base import ModelServerError


class Server:
    """A model server whose models a test breaks; counts what is asked of it."""

    def __init__(self) -> None:
        self.up = True
        self.loaded: dict[str, tuple[int, ...]] = {}
        self.broken: dict[str, str] = {}  # model: cause
        self.calls: list[str] = []

    async def live(self) -> bool:
        return self.up

    async def probe(self, model, *, version="", timeout_seconds=1.0):
        cause = self.broken.get(model)
        if cause or model not in self.loaded:
            raise ModelServerError(cause or "not_found", "broken")

    async def ready(self, model, *, version="", timeout_seconds=1.0):
        return model not in self.broken and model in self.loaded

    async def versions(self, model, *, timeout_seconds=5.0):
        return self.loaded.get(model, ())

    async def unload(self, model):
        self.calls.append(f"unload {model}")
        self.loaded.pop(model, None)

    async def load(self, model):
        self.calls.append(f"load {model}")
        if self.broken.get(model) == "for good":
            raise ModelServerError("invalid", "cannot be loaded")
        self.broken.pop(model, None)
        self.loaded[model] = tuple(int(path.name) for path in sorted((self.repository / model).iterdir()))


class Clock:
    """Seconds that a test sets."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def stack(tmp_path):
    server, killed, clock = Server(), [], Clock()
    server.repository = tmp_path
    keeper = ModelKeeper(lambda: server, tmp_path, ("mmoe", "relevance", "absent"), killed.append, clock)
    for model in ("mmoe", "relevance"):
        publish(tmp_path, model, 1)
        server.loaded[model] = (1,)
    return server, keeper, clock, killed


def publish(repository: Path, model: str, version: int) -> None:
    folder = repository / model / str(version)
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(b"graph")


def probe(keeper, may_mend=True) -> Finding:
    return asyncio.run(keeper.probe(may_mend))


def test_every_published_model_answers(stack):
    server, keeper, *_ = stack
    assert probe(keeper) == Finding(Health.READY)
    assert server.calls == []


def test_a_server_that_is_down_is_silent(stack):
    server, keeper, *_ = stack
    server.up = False
    assert probe(keeper) == Finding(Health.SILENT, "the server does not answer")


def test_nothing_published_is_said(tmp_path):
    keeper = ModelKeeper(Server, tmp_path, ("mmoe",), print)
    assert probe(keeper) == Finding(
        Health.ANSWERING, f"no model is published in [{tmp_path}]: run 'encore train'"
    )


def test_a_dead_model_process_is_repaired_by_a_reload(stack):
    server, keeper, *_ = stack
    server.broken["mmoe"] = "unavailable"
    assert probe(keeper) == Finding(Health.READY)
    assert server.calls == ["unload mmoe", "load mmoe"]


def test_while_held_it_is_only_said(stack):
    server, keeper, *_ = stack
    server.broken["mmoe"] = "unavailable"
    assert probe(keeper, may_mend=False) == Finding(Health.ANSWERING, "no inference by [mmoe]")
    assert server.calls == []


def test_one_that_cannot_be_repaired_is_said(stack):
    server, keeper, *_ = stack
    server.broken["relevance"] = "for good"
    assert probe(keeper) == Finding(Health.ANSWERING, "no inference by [relevance]")


def test_a_published_model_that_is_not_loaded_is_loaded(stack):
    server, keeper, *_ = stack
    del server.loaded["mmoe"]
    assert probe(keeper) == Finding(Health.READY)
    assert server.loaded["mmoe"] == (1,)


def test_a_new_version_is_loaded_while_the_old_one_answers(stack):
    server, keeper, *_ = stack
    publish(server.repository, "mmoe", 2)
    assert probe(keeper) == Finding(Health.READY)
    assert server.calls == ["load mmoe"]
    assert server.loaded["mmoe"] == (1, 2)
    probe(keeper)
    assert server.calls == ["load mmoe"]


def test_a_slow_model_is_left_alone_and_a_stuck_one_is_killed(stack):
    server, keeper, clock, killed = stack
    server.broken["mmoe"] = "timeout"
    said = []
    for clock.now in (100.0, 119.0, 121.0):
        assert probe(keeper) == Finding(Health.ANSWERING, "no inference by [mmoe]")
        said.append(list(killed))
    assert said == [[], [], ["mmoe"]]
    assert server.calls == []


def test_a_model_that_was_slow_for_a_while_is_no_longer_suspected(stack):
    server, keeper, clock, killed = stack
    for clock.now, cause in ((100.0, "timeout"), (110.0, None), (119.0, "timeout"), (130.0, "timeout")):
        server.broken = {"mmoe": cause} if cause else {}
        probe(keeper)
    assert killed == []


def test_one_that_cannot_be_repaired_is_tried_again_ever_more_slowly(stack):
    server, keeper, clock, _ = stack
    server.broken["relevance"] = "for good"
    tries = []
    for clock.now in (100.0, 100.05, 100.1, 100.15, 100.29, 100.3):
        probe(keeper)
        tries.append(server.calls.count("load relevance"))
    assert tries == [1, 1, 2, 2, 2, 3]  # after 0.1 s, then after 0.2 s
    server.up = False
    probe(keeper)
    server.up = True
    clock.now = 100.31
    probe(keeper)
    assert server.calls.count("load relevance") == 4  # another server: a new story


def test_a_broken_new_version_is_tried_once_a_minute_and_the_old_one_serves(stack):
    server, keeper, clock, _ = stack
    publish(server.repository, "mmoe", 2)
    loads = []

    async def refuse(model):
        loads.append(clock.now)
        raise ModelServerError("invalid", "broken graph")

    server.load = refuse
    for clock.now in (100.0, 101.0, 159.0, 161.0):
        assert probe(keeper) == Finding(Health.READY)
    assert loads == [100.0, 161.0]
