import asyncio
import threading

import numpy as np
import pytest

from ranker.errors import InvalidInputError
from ranker.serving.model_server.base import ModelServerError
from ranker.serving.model_server.identity import publish_identity
from ranker.serving.model_server.in_process import InProcessModelServer
from ranker.serving.model_server.publish import activate, publish, withdraw, write_configuration
from ranker.serving.model_server.repository import model_versions


@pytest.fixture
def source(tmp_path, graph):
    folder = graph(tmp_path / "source")
    (folder / "specification.json").write_text('{"features": []}')
    return folder


@pytest.fixture
def repository(tmp_path):
    return tmp_path / "models"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_first_version_makes_the_models_folder(repository, double, source):
    assert publish(repository, double, source) == 1
    assert names(repository / "double") == ["1", "config.pbtxt"]
    assert names(repository / "double" / "1") == ["model.onnx", "specification.json"]
    assert (repository / "double" / "config.pbtxt").read_text() == double.text()
    assert names(source) == ["model.onnx", "specification.json"]


def test_the_newest_two_versions_stay(repository, double, source):
    assert [publish(repository, double, source) for _ in range(4)] == [1, 2, 3, 4]
    assert model_versions(repository, "double") == (3, 4)
    assert names(repository / "double") == ["3", "4", "config.pbtxt"]


def test_a_refused_graph_leaves_the_repository_as_it_was(repository, double, source, graph):
    publish(repository, double, source)
    graph(source, names=("values", "other"))
    with pytest.raises(InvalidInputError, match="name them so at export"):
        publish(repository, double, source)
    assert names(repository / "double") == ["1", "config.pbtxt"]


def test_a_source_without_a_graph_is_refused(repository, double, tmp_path):
    with pytest.raises(InvalidInputError) as caught:
        publish(repository, double, tmp_path)
    assert str(caught.value) == f"[{tmp_path}] holds no [model.onnx]; export the model into it first"


def test_publishers_at_once_take_different_numbers(repository, double, source):
    publish(repository, double, source)
    barrier = threading.Barrier(4)
    versions = []

    def one():
        barrier.wait()
        versions.append(publish(repository, double, source))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(versions) == [2, 3, 4, 5]
    assert names(repository / "double") == ["4", "5", "config.pbtxt"]


def test_folders_that_are_no_version_do_not_count(repository, double, source):
    publish(repository, double, source)
    for name in ("01", "7", "x", ".publishing-1", "-1"):  # 7 holds no graph
        (repository / "double" / name).mkdir()
    (repository / "double" / "01" / "model.onnx").touch()
    assert model_versions(repository, "double") == (1,)
    assert model_versions(repository, "nothing") == ()


def test_a_version_is_taken_back(repository, double, source):
    publish(repository, double, source)
    with pytest.raises(InvalidInputError) as caught:
        withdraw(repository, "double", 1)
    assert str(caught.value) == "version [1] is the only one of model [double]; publish another first"
    publish(repository, double, source)
    withdraw(repository, "double", 2)
    assert names(repository / "double") == ["1", "config.pbtxt"]
    with pytest.raises(InvalidInputError) as caught:
        withdraw(repository, "double", 2)
    assert str(caught.value) == "model [double] has no version [2]; it has [1]"


def test_a_configuration_is_written_when_it_differs(repository, double):
    assert write_configuration(repository, double)
    assert not write_configuration(repository, double)
    (repository / "double" / "config.pbtxt").write_text("old")
    assert write_configuration(repository, double)
    assert names(repository / "double") == ["config.pbtxt"]


def test_activation_loads_the_version_and_sees_that_it_answers(repository, double, source):
    async def scenario():
        server = InProcessModelServer(repository, warm_up_candidates=(1,))
        for _ in range(2):
            version = publish(repository, double, source)
            await activate(server, "double", version)
            values = np.ones((2, 4), dtype=np.float32)
            answer = await server.infer("double", {"values": values}, version=str(version), timeout_seconds=5)
            np.testing.assert_array_equal(answer["doubled"], values * 2)
        with pytest.raises(ModelServerError) as caught:
            await activate(server, "double", 9)
        assert caught.value.cause == "not_found"
        assert str(caught.value) == (
            "version [9] of model [double] was not loaded, [1, 2] serve; see the server's log"
        )
        await server.close()

    asyncio.run(scenario())


def test_identity_is_published_once_and_gives_back_what_it_gets(repository, tmp_path):
    async def scenario():
        server = InProcessModelServer(repository)
        await activate(server, "identity", 1)
        values = np.arange(128, dtype=np.float32).reshape(2, 64)
        answer = await server.infer("identity", {"values": values}, timeout_seconds=5)
        np.testing.assert_array_equal(answer["same_values"], values)
        await server.close()

    assert publish_identity(repository, tmp_path) == 1
    assert publish_identity(repository, tmp_path) == 1
    asyncio.run(scenario())
