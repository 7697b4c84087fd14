"""The committed configurations in the real server, with graphs of the shapes that training publishes."""

import asyncio

import numpy as np
import pytest
from onnx import TensorProto, helper, save

from ranker.serving.model_server.base import ModelServerError
from ranker.serving.model_server.identity import publish_identity
from ranker.serving.model_server.models import MMOE, MODELS, QUERY_TOWER, RELEVANCE
from ranker.serving.model_server.process import TritonProcess
from ranker.serving.model_server.publish import activate, publish
from ranker.serving.model_server.triton import TritonModelServer
from ranker.settings import Settings

pytestmark = pytest.mark.triton

FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64
SECONDS = 5.0
WORDS, DIMENSIONS, MATCHES, IDS = 20, 3, 2, 2


def write(folder, nodes, inputs, outputs, weights):
    tensors = [[helper.make_tensor_value_info(*tensor) for tensor in side] for side in (inputs, outputs)]
    initializers = [
        helper.make_tensor(name, INT64 if value.dtype == np.int64 else FLOAT, value.shape, value.ravel())
        for name, value in weights.items()
    ]
    graph = helper.make_graph(
        [helper.make_node(*node[:3], **node[3]) for node in nodes], "g", *tensors, initializers
    )
    folder.mkdir(parents=True, exist_ok=True)
    save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8),
        folder / "model.onnx",
    )
    return folder


def query_tower(folder):
    """The mean of the words' rows; word w has the row [w, w, w]."""
    rows = np.repeat(np.arange(WORDS, dtype=np.float32)[:, None], DIMENSIONS, axis=1)
    return write(
        folder,
        [
            ("Gather", ["rows", "query_words"], ["words"], {}),
            ("ReduceMean", ["words"], ["query_vector"], {"axes": [1], "keepdims": 0}),
        ],
        [("query_words", INT64, [1, 16])],
        [("query_vector", FLOAT, [1, DIMENSIONS])],
        {"rows": rows},
    )


def relevance(folder):
    """Equal probabilities, moved by (item · query) + the sum of the match features for the best tier."""
    return write(
        folder,
        [
            ("Transpose", ["query_vector"], ["column"], {"perm": [1, 0]}),
            ("MatMul", ["item_vectors", "column"], ["dot"], {}),
            ("ReduceSum", ["match_features", "last"], ["matched"], {"keepdims": 1}),
            ("Add", ["dot", "matched"], ["score"], {}),
            ("Mul", ["score", "best"], ["logits"], {}),
            ("Softmax", ["logits"], ["tier_probabilities"], {"axis": 1}),
        ],
        [
            ("query_vector", FLOAT, [1, DIMENSIONS]),
            ("item_vectors", FLOAT, ["candidates", DIMENSIONS]),
            ("match_features", FLOAT, ["candidates", MATCHES]),
        ],
        [("tier_probabilities", FLOAT, ["candidates", 4])],
        {"best": np.array([[0, 0, 0, 1]], dtype=np.float32), "last": np.array([1], dtype=np.int64)},
    )


def mmoe(folder, features):
    """Every task: the sigmoid of the sum of the dense features; ids are looked up and weigh nothing."""
    tasks = [tensor.name for tensor in MMOE.outputs]
    return write(
        folder,
        [
            ("MatMul", ["dense", "ones"], ["sum"], {}),
            ("Gather", ["nothing", "ids"], ["looked_up"], {}),
            ("ReduceSum", ["looked_up", "last"], ["zero"], {"keepdims": 1}),
            ("Add", ["sum", "zero"], ["logit"], {}),
            *(("Sigmoid", ["logit"], [task], {}) for task in tasks),
        ],
        [("dense", FLOAT, ["candidates", features]), ("ids", INT64, ["candidates", IDS])],
        [(task, FLOAT, ["candidates", 1]) for task in tasks],
        {
            "ones": np.ones((features, 1), dtype=np.float32),
            "nothing": np.zeros(5, dtype=np.float32),
            "last": np.array([1], dtype=np.int64),
        },
    )


def dense(rows, features):
    return {"dense": np.zeros((rows, features), np.float32), "ids": np.zeros((rows, IDS), np.int64)}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    settings = Settings(data=folder / "data", cache=Settings().cache_path, model_repo=folder / "models")
    publish_identity(settings.model_repo, folder)
    publish(settings.model_repo, QUERY_TOWER, query_tower(folder / "query_tower"))
    publish(settings.model_repo, RELEVANCE, relevance(folder / "relevance"))
    publish(settings.model_repo, MMOE, mmoe(folder / "mmoe", 6))
    with TritonProcess(settings) as process:
        yield process


def run(process, scenario):
    async def all_of_it():
        server = TritonModelServer(process.address)
        try:
            await scenario(server)
        finally:
            await server.close()

    asyncio.run(all_of_it())


def test_a_request_goes_through_all_models(served):
    async def scenario(server):
        for model in MODELS:
            await server.probe(model, timeout_seconds=SECONDS)
        words = np.zeros((1, 16), np.int64)
        words[0, 0] = 16
        answer = await server.infer("query_tower", {"query_words": words}, timeout_seconds=SECONDS)
        np.testing.assert_array_equal(answer["query_vector"], [[1.0] * DIMENSIONS])
        for count in (1, 100, 500, 1000):
            inputs = {
                "query_vector": answer["query_vector"],
                "item_vectors": np.full((count, DIMENSIONS), 1 / 3, np.float32),
                "match_features": np.full((count, MATCHES), np.log(2) / 2 - 0.5, np.float32),
            }
            tiers, tasks = await asyncio.gather(
                server.infer("relevance", inputs, timeout_seconds=SECONDS),
                server.infer("mmoe", dense(count, 6), timeout_seconds=SECONDS),
            )
            # 1 + ln 2 - 1 = ln 2 for the best tier beside three zeros: 2 of 5 parts
            expected = np.tile([0.2, 0.2, 0.2, 0.4], (count, 1))
            np.testing.assert_allclose(tiers["tier_probabilities"], expected, atol=1e-6)
            assert set(tasks) == {"click", "effective_play", "watch_ratio", "like"}
            for task in tasks.values():
                np.testing.assert_array_equal(task, np.full((count, 1), 0.5))

    run(served, scenario)


def test_a_version_with_other_features_serves_beside_the_old_one(served, tmp_path):
    async def scenario(server):
        version = publish(served.settings.model_repo, MMOE, mmoe(tmp_path / "mmoe", 9))
        await activate(server, "mmoe", version)
        assert await server.versions("mmoe") == (1, 2)
        for number, features in (("1", 6), ("2", 9), ("", 9)):
            inputs = dense(3, features)
            answer = await server.infer("mmoe", inputs, ["click"], version=number, timeout_seconds=SECONDS)
            np.testing.assert_array_equal(answer["click"], np.full((3, 1), 0.5))
        with pytest.raises(ModelServerError) as caught:
            await server.infer("mmoe", dense(3, 6), version="2", timeout_seconds=SECONDS)
        assert caught.value.cause == "invalid"
        assert "Expected [-1,9], got [3,6]" in str(caught.value)

    run(served, scenario)


def test_more_candidates_than_a_batch_holds_are_refused(served):
    async def scenario(server):
        with pytest.raises(ModelServerError) as caught:
            await server.infer(
                "identity", {"values": np.zeros((1025, 64), np.float32)}, timeout_seconds=SECONDS
            )
        assert caught.value.cause == "invalid"

    run(served, scenario)
