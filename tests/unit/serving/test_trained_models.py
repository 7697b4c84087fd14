import asyncio
import json

import pytest

from ranker.errors import EncoreError
from ranker.features.priors import Priors
from ranker.features.specification import Specification
from ranker.ranking.training_run import CARD
from ranker.serving.model_server.base import ModelServerError
from ranker.serving.model_server.repository import CARD_FILE
from ranker.serving.model_watch import ModelWatch
from ranker.serving.trained_models import PublishedModels, newest_served

MODELS = ("query_tower", "mmoe")


def publish(repository, model, version, key, words=("晴天",)):
    folder = repository / model / str(version)
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(b"")
    (folder / CARD_FILE).write_text(json.dumps({"key": key}))
    specification(words).save(folder)


def specification(words):
    return Specification.make(
        ids={}, words=words, buckets=8, priors=Priors({}), dictionary="d1", trained_until=1
    )


def versions(repository):
    return [one.versions for one in PublishedModels(repository, MODELS).trainings()]


class Server:
    def __init__(self, **served):
        self.served = served
        self.loaded = []

    async def versions(self, model):
        if self.served.get(model) == "down":
            raise ModelServerError("unavailable", "down")
        return self.served.get(model, ())

    async def load(self, model):
        self.loaded.append(model)
        if self.served.get(model) == "broken":
            raise ModelServerError("invalid", "broken")
        self.served[model] = (1, 2)


def test_the_card_is_the_trainings():
    assert CARD_FILE == CARD


def test_versions_of_one_training_go_together_newest_first(tmp_path):
    for model in MODELS:
        publish(tmp_path, model, 1, "old")
        publish(tmp_path, model, 2, "new")
    assert versions(tmp_path) == [{"query_tower": 2, "mmoe": 2}, {"query_tower": 1, "mmoe": 1}]


def test_half_a_publication_is_none(tmp_path):
    for model in MODELS:
        publish(tmp_path, model, 1, "old")
    publish(tmp_path, "query_tower", 2, "new")
    assert versions(tmp_path) == [{"query_tower": 1, "mmoe": 1}]


def test_a_newer_version_of_one_training_is_taken(tmp_path):
    for model in MODELS:
        publish(tmp_path, model, 1, "same")
    publish(tmp_path, "mmoe", 2, "same")
    assert versions(tmp_path) == [{"query_tower": 1, "mmoe": 2}]


def test_what_is_missing_is_named(tmp_path):
    publish(tmp_path, "mmoe", 1, "a")
    with pytest.raises(EncoreError) as raised:
        versions(tmp_path)
    assert str(raised.value) == "no version of [query_tower] is published; run `encore train`"


def test_models_of_other_words_were_not_trained_together(tmp_path):
    publish(tmp_path, "query_tower", 1, "a", ("晴天",))
    publish(tmp_path, "mmoe", 1, "a", ("稻香",))
    with pytest.raises(EncoreError) as raised:
        versions(tmp_path)
    one, other = specification(("晴天",)).hash, specification(("稻香",)).hash
    assert str(raised.value) == (
        f"the models were not trained together: specifications [query_tower {one}, mmoe {other}]; "
        "run `encore train`"
    )


def test_a_version_of_other_features_is_left_for_the_one_before(tmp_path):
    for model in MODELS:
        publish(tmp_path, model, 1, "old")
        publish(tmp_path, model, 2, "new")
    (tmp_path / "mmoe" / "2" / "specification.json").write_text("{}")
    assert versions(tmp_path) == [{"query_tower": 1, "mmoe": 1}]


@pytest.mark.parametrize(
    ("served", "chosen"),
    [
        ({"query_tower": (1, 2), "mmoe": (1, 2)}, 2),
        ({"query_tower": (1, 2), "mmoe": (1,)}, 1),
        ({"query_tower": (1, 2)}, None),
    ],
)
def test_only_a_training_that_is_served_whole_is_called(tmp_path, served, chosen):
    for model in MODELS:
        publish(tmp_path, model, 1, "old")
        publish(tmp_path, model, 2, "new")
    found = asyncio.run(newest_served(Server(**served), PublishedModels(tmp_path, MODELS).trainings()))
    assert (found and found.versions["mmoe"]) == chosen


@pytest.mark.parametrize("server", [Server(), Server(query_tower="down")])
def test_until_the_server_serves_the_newest_is_awaited(tmp_path, server):
    for model in MODELS:
        publish(tmp_path, model, 1, "old")
    watch = ModelWatch(PublishedModels(tmp_path, MODELS), server, loads=False)
    assert asyncio.run(watch.newest()).versions == {"query_tower": 1, "mmoe": 1}
    assert server.loaded == []


def test_models_in_this_process_are_loaded_once_and_a_broken_one_is_not_tried_for_ever(tmp_path):
    for model in MODELS:
        publish(tmp_path, model, 1, "old")
    server = Server(mmoe="broken")
    watch = ModelWatch(PublishedModels(tmp_path, MODELS), server, loads=True)

    async def scenario():
        server.served["mmoe"] = ()
        await watch.newest()
        await watch.newest()
        return list(server.loaded)

    assert asyncio.run(scenario()) == ["query_tower", "mmoe"]


def test_a_look_that_fails_is_followed_by_the_next(tmp_path):
    taken = []

    async def scenario():
        watch = ModelWatch(PublishedModels(tmp_path, MODELS), Server(), loads=False, interval_seconds=0.001)
        done = asyncio.Event()

        async def take_up(models):
            taken.append(models.versions)
            if len(taken) == 1:
                raise RuntimeError("once")
            done.set()

        watching = asyncio.create_task(watch.run(take_up))
        await asyncio.sleep(0.01)  # nothing is published yet
        for model in MODELS:
            publish(tmp_path, model, 1, "a")
        async with asyncio.timeout(10):
            await done.wait()
        watching.cancel()

    asyncio.run(scenario())
    assert taken[:2] == [{"query_tower": 1, "mmoe": 1}] * 2
