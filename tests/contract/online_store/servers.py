"""Real Valkey servers of the tests' own, alone or as a cluster of three."""

import signal
import subprocess
import time
from contextlib import suppress

import valkey

from ranker.engine.ports import any_free
from ranker.serving.valkey_process import server_arguments


class Server:
    """One server; it can be killed, stopped for a while, and started again, empty."""

    def __init__(self, folder, *options):
        self.port = any_free()
        self._folder = folder
        self._options = options
        self.start()

    @property
    def url(self):
        return f"valkey://127.0.0.1:{self.port}"

    def start(self):
        arguments = [*server_arguments(self.port, 64), *self._options]
        self.process = subprocess.Popen(
            arguments, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
        )
        deadline = time.monotonic() + 20
        with valkey.Valkey(port=self.port) as client:
            while True:
                with suppress(valkey.ConnectionError):
                    client.ping()
                    return
                assert time.monotonic() < deadline, "the server does not start"
                assert self.process.poll() is None, "the server died"
                time.sleep(0.01)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def client(self):
        return valkey.Valkey(port=self.port)


def cluster(folder):
    """Three nodes that share the slots."""
    nodes = []
    for number in range(3):
        place = folder / str(number)
        place.mkdir()
        # The bus of a node needs a port of its own; by default ten thousand higher, which may not exist.
        options = ("--cluster-enabled", "yes", "--cluster-port", str(any_free()))
        nodes.append(Server(place, *options))
    bounds = [0, 5461, 10923, 16384]
    for node, first, end in zip(nodes, bounds, bounds[1:], strict=False):
        node.client().execute_command("CLUSTER ADDSLOTSRANGE", first, end - 1)
        bus = nodes[0]._options[-1]
        if node is not nodes[0]:
            node.client().execute_command("CLUSTER MEET", "127.0.0.1", nodes[0].port, bus)
    deadline = time.monotonic() + 30
    while not all(b"cluster_state:ok" in _info(node) and _known(node) == 3 for node in nodes):
        assert time.monotonic() < deadline, "the cluster does not form"
        time.sleep(0.05)
    return nodes


def _info(node):
    found = node.client().execute_command("CLUSTER INFO")
    return found if isinstance(found, bytes) else "\r\n".join(f"{k}:{v}" for k, v in found.items()).encode()


def _known(node):
    return len(node.client().execute_command("CLUSTER SHARDS"))
