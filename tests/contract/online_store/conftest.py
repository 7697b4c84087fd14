"""The same suite for each store: in memory, on one Valkey server, on a cluster of three."""

import asyncio
import secrets

import pytest

from ranker.features.online.memory import MemoryStore
from ranker.features.online.valkey_store import ValkeyStore
from tests.contract.online_store.servers import Server, cluster

PATIENT = {"read_seconds": 5.0, "write_seconds": 20.0}  # a test machine may be slow; deadlines have tests


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("valkey"))
    yield server
    server.kill()


@pytest.fixture(scope="session")
def valkey_cluster(tmp_path_factory):
    nodes = cluster(tmp_path_factory.mktemp("cluster"))
    yield nodes
    for node in nodes:
        node.kill()


@pytest.fixture(params=["memory", "valkey", "cluster"])
def new_store(request):
    """Makes a store, empty; call it again for the same one as another process would open it."""
    log = secrets.token_hex(4)
    if request.param == "memory":
        return MemoryStore
    if request.param == "valkey":
        url = request.getfixturevalue("valkey_server").url
    else:
        url = request.getfixturevalue("valkey_cluster")[0].url
    return lambda: ValkeyStore(url, log, **PATIENT)


@pytest.fixture
def run(new_store):
    """Runs `steps(store)` and closes the store."""

    def run(steps):
        async def whole():
            store = new_store()
            try:
                return await steps(store)
            finally:
                await store.close()

        return asyncio.run(whole())

    return run
