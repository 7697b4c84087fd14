"""Two model servers over equal repositories of tiny graphs, for one suite of tests."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from ranker.serving.model_server.base import ModelServer
from ranker.serving.model_server.config import DynamicBatching, ModelConfiguration, TensorConfiguration
from ranker.serving.model_server.in_process import InProcessModelServer
from ranker.serving.model_server.process import TritonProcess
from ranker.serving.model_server.publish import write_configuration
from ranker.serving.model_server.triton import TritonModelServer
from ranker.settings import Settings

FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64
SLOW_SIZE = 128


def save(repository: Path, configuration: ModelConfiguration, version: int, graph: onnx.GraphProto) -> None:
    write_configuration(repository, configuration)
    folder = repository / configuration.name / str(version)
    folder.mkdir()
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, folder / "model.onnx")


def scale(repository: Path, version: int, name: str = "scale") -> None:
    """scaled = version · values, id_sums = the sum of a row's ids: two inputs, two types, rows as batch."""
    tensor = helper.make_tensor_value_info
    graph = helper.make_graph(
        [
            helper.make_node("Mul", ["values", "factor"], ["scaled"]),
            helper.make_node("ReduceSum", ["ids", "axes"], ["id_sums"], keepdims=1),
        ],
        name,
        [tensor("values", FLOAT, ["rows", 4]), tensor("ids", INT64, ["rows", 2])],
        [tensor("scaled", FLOAT, ["rows", 4]), tensor("id_sums", INT64, ["rows", 1])],
        [helper.make_tensor("factor", FLOAT, [1], [version]), helper.make_tensor("axes", INT64, [1], [1])],
    )
    configuration = ModelConfiguration(
        name=name,
        inputs=(
            TensorConfiguration("values", "FP32", (-1, None)),
            TensorConfiguration("ids", "INT64", (-1, None)),
        ),
        outputs=(
            TensorConfiguration("scaled", "FP32", (-1, None)),
            TensorConfiguration("id_sums", "INT64", (-1, 1)),
        ),
        max_batch_size=64,
        dynamic_batching=DynamicBatching(),
    )
    save(repository, configuration, version, graph)


def lookup(repository: Path) -> None:
    """row = table[id], ten rows, the i-th is [i, i + .5]: an id of 10 or more is the caller's fault."""
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "id"], ["row"])],
        "lookup",
        [helper.make_tensor_value_info("id", INT64, ["rows", 1])],
        [helper.make_tensor_value_info("row", FLOAT, ["rows", 1, 2])],
        [helper.make_tensor("table", FLOAT, [10, 2], [number // 2 + number % 2 / 2 for number in range(20)])],
    )
    configuration = ModelConfiguration(
        name="lookup",
        inputs=(TensorConfiguration("id", "INT64", (-1, 1)),),
        outputs=(TensorConfiguration("row", "FP32", (-1, 1, 2)),),
        max_batch_size=64,
        dynamic_batching=DynamicBatching(max_queue_delay_microseconds=100_000),
    )
    save(repository, configuration, 1, graph)


def match(repository: Path) -> None:
    """scores = items · query: one query row, any number of items, never merged."""
    tensor = helper.make_tensor_value_info
    graph = helper.make_graph(
        [
            helper.make_node("Transpose", ["query"], ["column"], perm=[1, 0]),
            helper.make_node("MatMul", ["items", "column"], ["scores"]),
        ],
        "match",
        [tensor("query", FLOAT, [1, 3]), tensor("items", FLOAT, ["items_count", 3])],
        [tensor("scores", FLOAT, ["items_count", 1])],
    )
    configuration = ModelConfiguration(
        name="match",
        inputs=(
            TensorConfiguration("query", "FP32", (1, None)),
            TensorConfiguration("items", "FP32", (-1, None)),
        ),
        outputs=(TensorConfiguration("scores", "FP32", (-1, 1)),),
    )
    save(repository, configuration, 1, graph)


def slow(repository: Path) -> None:
    """Multiplies a matrix by itself `rounds` times, so that a test chooses how long it takes."""
    size = SLOW_SIZE
    square = [size, size]
    tensor = helper.make_tensor_value_info
    body = helper.make_graph(
        [
            helper.make_node("MatMul", ["before", "matrix"], ["after"]),
            helper.make_node("Identity", ["go"], ["go_on"]),
        ],
        "body",
        [
            tensor("round", INT64, []),
            tensor("go", TensorProto.BOOL, []),
            tensor("before", FLOAT, square),
        ],
        [tensor("go_on", TensorProto.BOOL, []), tensor("after", FLOAT, square)],
    )
    graph = helper.make_graph(
        [
            helper.make_node("Loop", ["rounds", "", "matrix"], ["product"], body=body),
            helper.make_node("ReduceSum", ["product", "axes"], ["trace"], keepdims=0),
        ],
        "slow",
        [tensor("rounds", INT64, [1])],
        [tensor("trace", FLOAT, [size])],
        [
            helper.make_tensor("matrix", FLOAT, square, np.eye(size, dtype=np.float32).ravel()),
            helper.make_tensor("axes", INT64, [1], [1]),
        ],
    )
    configuration = ModelConfiguration(
        name="slow",
        inputs=(TensorConfiguration("rounds", "INT64", (1,)),),
        outputs=(TensorConfiguration("trace", "FP32", (size,)),),
    )
    save(repository, configuration, 1, graph)


@dataclass(frozen=True)
class Backend:
    """A kind of model server over its own repository, where `scale` stands for a model being swapped."""

    name: str
    repository: Path
    make: Callable[[], ModelServer]
    loads: list[str] = field(default_factory=list)

    def run(self, scenario: Callable[[ModelServer], Awaitable[None]]) -> None:
        """Run a scenario against a server that has its models loaded."""

        async def all_of_it() -> None:
            server = self.make()
            try:
                for model in self.loads:
                    await server.load(model)
                await scenario(server)
            finally:
                await server.close()

        asyncio.run(all_of_it())


MODELS = ("scale", "lookup", "match", "slow")


def fill(repository: Path) -> Path:
    scale(repository, 1)
    lookup(repository)
    match(repository)
    slow(repository)
    return repository


@pytest.fixture(scope="session")
def triton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TritonProcess]:
    """A real server over the tiny graphs; a test that stops or kills it uses `fresh_triton`."""
    folder = tmp_path_factory.mktemp("triton")
    settings = Settings(data=folder / "data", cache=Settings().cache_path, model_repo=fill(folder / "models"))
    with TritonProcess(settings, MODELS) as process:
        yield process


@pytest.fixture(scope="session", params=["in_process", pytest.param("triton", marks=pytest.mark.triton)])
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Backend:
    """Each model server in turn."""
    if request.param == "triton":
        process: TritonProcess = request.getfixturevalue("triton")
        repository = process.settings.model_repo
        return Backend("triton", repository, lambda: TritonModelServer(process.address))
    repository = fill(tmp_path_factory.mktemp("in_process"))
    return Backend(
        "in_process",
        repository,
        lambda: InProcessModelServer(repository, warm_up_candidates=(1,)),
        list(MODELS),
    )


@pytest.fixture
def fresh_triton(tmp_path: Path) -> Iterator[TritonProcess]:
    """A server of this test's own, to be killed, stopped and restarted."""
    repository = tmp_path / "models"
    scale(repository, 1)
    match(repository)
    settings = Settings(data=tmp_path / "data", cache=Settings().cache_path, model_repo=repository)
    with TritonProcess(settings, ("scale", "match")) as process:
        yield process


@pytest.fixture(scope="session")
def publish_scale() -> Callable[[Path, int, str], None]:
    """Writes a version of a model that multiplies by its version's number."""
    return scale
