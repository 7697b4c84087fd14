"""What is held answers until the new is whole; models change under a generation, its columns stay."""

import asyncio

import pytest

from ranker.errors import EncoreError
from ranker.serving.generations import Generations


class Columns:
    count = 3


class Held:
    index = "videos"
    clock_offset_milliseconds = 0

    def __init__(self, version, columns):
        self.versions = {"mmoe": version, "formula": "v1"}
        self.columns = columns
        self.closed = False

    def close(self):
        self.closed = True


class Loader:
    """Loads with the version of now; waits at `gate` where there is one; fails where there is no version."""

    def __init__(self, version="1"):
        self.version = version
        self.gate = None
        self.loads = []

    async def __call__(self, folder, before):
        self.loads.append((folder.name, self.version))
        if self.gate:
            await self.gate.wait()
        if self.version is None:
            raise EncoreError("no models")
        return Held(self.version, before.columns if before else Columns())


@pytest.fixture
def folder(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text("{}")
    return tmp_path


def test_other_models_are_taken_up_while_the_ones_before_answer(folder):
    async def scenario():
        load = Loader()
        generations = Generations(folder, load)
        await generations.activate("a")
        await generations.activate("b")
        await generations.take_up({"mmoe": "1"})
        assert len(load.loads) == 2
        before = generations.find("a")
        load.version, load.gate = "2", asyncio.Event()
        taking = asyncio.create_task(generations.take_up({"mmoe": "2"}))
        await asyncio.sleep(0)
        assert generations.find("a") is before
        load.gate.set()
        await taking
        assert load.loads[2:] == [("a", "2"), ("b", "2")]
        after = generations.find("a")
        assert after.versions["mmoe"] == "2"
        assert after.columns is before.columns
        assert not before.closed
        assert [entry["generation"] for entry in generations.describe()] == ["a", "b"]

    asyncio.run(scenario())


def test_models_that_cannot_be_loaded_leave_the_ones_before(folder):
    async def scenario():
        load = Loader()
        generations = Generations(folder, load)
        await generations.activate("a")
        load.version = None
        with pytest.raises(EncoreError, match="no models"):
            await generations.activate("a")
        return generations.find("a").versions["mmoe"]

    assert asyncio.run(scenario()) == "1"


def test_what_could_not_be_loaded_at_the_start_is_tried_again_with_other_models_only(folder):
    (folder / "active.json").write_text('["a", "b"]')

    async def scenario():
        load = Loader(None)
        generations = Generations(folder, load)
        assert await generations.restore() == ["a", "b"]
        await generations.take_up({"mmoe": "1"})
        await generations.take_up({"mmoe": "1"})
        assert len(load.loads) == 4
        load.version = "2"
        await generations.take_up({"mmoe": "2"})
        return [entry["generation"] for entry in generations.describe()]

    assert asyncio.run(scenario()) == ["a", "b"]
