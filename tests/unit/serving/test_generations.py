import asyncio
import json

import msgspec
import pytest

from ranker.errors import InvalidInputError
from ranker.serving.generations import Generations, UnknownGenerationError


class Columns:
    def __init__(self):
        self.videos = {}
        self.closed = False

    @property
    def count(self):
        return len(self.videos)

    def upsert(self, videos):
        self.videos |= {video.video_id: video for video in videos}

    def delete(self, ids):
        return sum(self.videos.pop(item, None) is not None for item in ids)

    def close(self):
        self.closed = True


class Held:
    def __init__(self, folder):
        self.generation = folder.name
        self.index = folder.name.partition("-")[0]
        self.columns = Columns()
        self.versions = {"mmoe": "1"}
        self.clock_offset_milliseconds = int(folder.name[-1]) * 1_000
        self.reindexed = []

    def reindex(self, ids):
        self.reindexed += ids

    def close(self):
        self.columns.close()


def folder(tmp_path, *names):
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text("{}")
    return Generations(tmp_path, load)


async def load(path, before):
    del before
    return Held(path)


def test_two_of_an_index_are_held_and_others_are_left_alone(tmp_path):
    generations = folder(tmp_path, "a-1", "b-1", "a-2", "a-3")

    async def scenario():
        for name in ("a-1", "b-1", "a-2"):
            await generations.activate(name)
        first = generations.find("a-1")
        await generations.activate("a-3")
        return first

    first = asyncio.run(scenario())
    assert [one["generation"] for one in generations.describe()] == ["b-1", "a-2", "a-3"]
    assert first.columns.closed
    assert generations.find("").generation == "a-3"
    assert generations.clock_offset_milliseconds == 3_000
    with pytest.raises(UnknownGenerationError) as error:
        generations.find("a-1")
    assert str(error.value) == "generation [a-1] is not held; activate it first"


def test_names_survive_a_restart_and_a_lost_folder_is_told(tmp_path):
    generations = folder(tmp_path, "a-1", "a-2")
    asyncio.run(generations.activate("a-1"))
    asyncio.run(generations.activate("a-2"))
    assert json.loads((tmp_path / "active.json").read_text()) == ["a-1", "a-2"]
    (tmp_path / "a-1" / "manifest.json").unlink()
    again = Generations(tmp_path, load)
    assert asyncio.run(again.restore()) == ["a-1"]
    assert again.find("").generation == "a-2"


def test_a_generation_that_fails_to_load_leaves_the_one_before(tmp_path):
    generations = folder(tmp_path, "a-1")
    asyncio.run(generations.activate("a-1"))

    async def broken(path, before):
        raise InvalidInputError("damaged")

    generations._load = broken
    with pytest.raises(InvalidInputError, match="damaged"):
        asyncio.run(generations.activate("a-1"))
    assert generations.find("a-1").generation == "a-1"


def test_a_generation_too_many_is_refused(tmp_path):
    generations = folder(tmp_path, *(f"{chr(97 + i)}-1" for i in range(17)))

    async def scenario():
        for i in range(16):
            await generations.activate(f"{chr(97 + i)}-1")
        await generations.activate("a-1")
        await generations.activate("q-1")

    with pytest.raises(InvalidInputError) as error:
        asyncio.run(scenario())
    assert str(error.value) == "[16] generations are held, the limit; delete an index to make room"


@pytest.mark.parametrize("name", ["", ".", "..", "../a-1", "a/b", "missing"])
def test_a_name_is_never_a_path(tmp_path, name):
    generations = folder(tmp_path, "a-1")
    with pytest.raises(InvalidInputError, match="has no folder here; build it first"):
        asyncio.run(generations.activate(name))


def test_writes_reach_columns_and_vectors(tmp_path):
    generations = folder(tmp_path, "a-1")
    body = msgspec.json.encode([{"video_id": "BV1", "title": "晴天"}])

    async def scenario():
        await generations.activate("a-1")
        upserted = await generations.upsert("a-1", body)
        held = generations.find("a-1")
        deleted = await generations.delete("a-1", b'["BV1", "BV2"]')
        return upserted, held.reindexed, deleted

    assert asyncio.run(scenario()) == (1, ["BV1"], 1)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{}", "the videos are wrong: [Expected `array`, got `object`]"),
        (
            b'[{"video_id": "BV1"}]',
            "the videos are wrong: [Object missing required field `title` - at `$[0]`]",
        ),
    ],
)
def test_wrong_videos_are_refused(tmp_path, body, reason):
    generations = folder(tmp_path, "a-1")
    asyncio.run(generations.activate("a-1"))
    with pytest.raises(InvalidInputError) as error:
        asyncio.run(generations.upsert("a-1", body))
    assert str(error.value) == reason
