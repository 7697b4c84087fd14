"""One Elasticsearch node as a child process: its settings, its start, its end."""

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from ranker.engine import ports, spawn
from ranker.engine.disk import disk_errors, link_or_copy, whole_folder, write_whole
from ranker.engine.elasticsearch.command import java_command
from ranker.engine.elasticsearch.home import EngineHome
from ranker.engine.elasticsearch.server_args import SHUTDOWN, server_args
from ranker.engine.java import Jdk
from ranker.errors import EncoreError, MissingPartError
from ranker.serving.child import ChildProcess
from ranker.settings import Settings

USUAL_PORT = 9200
START_SECONDS = 120.0  # 6 s on a quiet machine; a busy one with an index to recover takes its time
STOP_SECONDS = 20.0  # the engine gives its own shards 10
CLUSTER = "encore"


@dataclass(frozen=True)
class NodePlan:
    """Everything that a start needs, decided once, so that a restart is the same node again.

    Attributes:
        child: Program, arguments, environment.
        stdin: The settings, as the engine reads them.
        url: Where it will answer.
        data: Its folder, which one node at a time may use.
        log: The engine's own log file.
    """

    child: ChildProcess
    stdin: bytes
    url: str
    data: Path
    log: Path


def plan(
    settings: Settings,
    home: EngineHome,
    jdk: Jdk,
    *,
    dictionaries: Iterable[Path] = (),
    extra: Mapping[str, str | Sequence[str]] | None = None,
    port: int | None = None,
) -> NodePlan:
    """Lays out the node's folders below `settings.engine_data` and says how to start it.

    Args:
        settings: Data folder, heap, bound on calls, ports.
        home: What `assemble` made.
        jdk: Runs it.
        dictionaries: Exported dictionaries, copied into the node's configuration unless they are there.
        extra: Node settings that are added, or replace ours.
        port: The HTTP port, already chosen; None chooses.

    Raises:
        MissingPartError: The port is taken or the disk full.
    """
    data = settings.engine_data.resolve()
    config, logs, temporary = data / "config", data / "logs", data / "tmp"
    with disk_errors(data):
        for folder in (config, logs, data / "data"):
            folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        write_whole(config / "log4j2.properties", _log_configuration())
        for dictionary in dictionaries:
            install_dictionary(dictionary, config)
    if port is None:
        port = ports.choose(settings.engine_port, USUAL_PORT, "ENCORE_ENGINE_PORT")
    node_settings = _node_settings(settings, home, data, logs, port)
    node_settings |= extra or {}
    child = ChildProcess(
        name="engine",
        argv=java_command(
            jdk, home, config=config, temporary=temporary, heap_megabytes=settings.engine_heap_megabytes
        ),
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "LIBFFI_TMPDIR": str(temporary)},
        cwd=data,
        log_name="engine.out",
    )
    stdin = server_args(node_settings, config=config, logs=logs)
    return NodePlan(child, stdin, f"http://{ports.LOOPBACK}:{port}", data, logs / f"{CLUSTER}.log")


def ranker_settings(settings: Settings, addresses: Sequence[str]) -> dict[str, str | Sequence[str]]:
    """The node settings of the plugin's `fine_rank`, for `plan(extra=...)`.

    Args:
        settings: Deadline and bound of its calls.
        addresses: Base URLs of the rankers.
    """
    return {
        "encore.ranker.addresses": list(addresses),
        "encore.ranker.timeout": f"{settings.fine_rank_timeout_milliseconds}ms",
        "encore.ranker.calls_in_flight": str(settings.calls_in_flight),
    }


def _log_configuration() -> bytes:
    return files("ranker.engine.elasticsearch").joinpath("log4j2.properties").read_bytes()


def _node_settings(
    settings: Settings, home: EngineHome, data: Path, logs: Path, port: int
) -> dict[str, str | Sequence[str]]:
    return {
        "cluster.name": CLUSTER,
        "node.name": "encore-1",
        "path.home": str(home.path),
        "path.data": str(data / "data"),
        "path.logs": str(logs),
        "network.host": ports.LOOPBACK,
        "http.port": str(port),
        "transport.port": "0",
        "discovery.type": "single-node",
        # A waiting rescorer holds a search thread; four more than it may hold keep plain searches going.
        "thread_pool.search.size": str(settings.calls_in_flight + 4),
        # Shares of a disk would stop a laptop's node with 100 GB free; what it needs is absolute.
        "cluster.routing.allocation.disk.watermark.low": "1gb",
        "cluster.routing.allocation.disk.watermark.high": "500mb",
        "cluster.routing.allocation.disk.watermark.flood_stage": "200mb",
    }


def install_dictionary(dictionary: Path, config: Path) -> Path:
    """Makes a dictionary version available to the node; idempotent, for a version never changes.

    The files are hard links or copies: the engine lets a plugin read its configuration folder and follows no
    link out of it. A running node finds the new folder when an index first names that version.
    """
    target = config / "encore" / "dictionary" / dictionary.name
    with whole_folder(target) as folder:
        if folder is not None:
            for file in dictionary.iterdir():
                link_or_copy(file, folder / file.name)
    return target


@dataclass
class EngineNode:
    """A running node; a context manager that stops it.

    Not thread-safe; start it from a thread that lives as long as the process (see `tether`).

    Attributes:
        plan: What was started.
        process: The JVM.
    """

    plan: NodePlan
    process: subprocess.Popen[bytes]
    _lock: int = field(repr=False)

    @classmethod
    def launch(cls, node_plan: NodePlan, run: Path) -> Self:
        """Starts the process and returns at once; `wait_ready` says when it answers.

        Raises:
            EncoreError: Another node uses the data folder.
        """
        lock = _lock_data(node_plan.data)
        try:
            process = spawn.spawn(node_plan.child, run, stdin=node_plan.stdin, keep=[lock])
        except BaseException:
            os.close(lock)
            raise
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(process.pid).encode(), 0)
        return cls(node_plan, process, lock)

    @classmethod
    def start(
        cls,
        settings: Settings,
        home: EngineHome,
        jdk: Jdk,
        *,
        dictionaries: Iterable[Path] = (),
        extra: Mapping[str, str | Sequence[str]] | None = None,
        port: int | None = None,
        deadline_seconds: float = START_SECONDS,
    ) -> Self:
        """Plans, launches and waits until the node answers; see `plan` for the arguments.

        Raises:
            MissingPartError: A port, the disk; the node died or did not answer in time (its last words).
            EncoreError: Another node uses the data folder.
        """
        node_plan = plan(settings, home, jdk, dictionaries=dictionaries, extra=extra, port=port)
        node = cls.launch(node_plan, settings.run)
        try:
            node.wait_ready(deadline_seconds)
        except BaseException:
            node.kill()
            raise
        return node

    @property
    def url(self) -> str:
        """Its address, "http://127.0.0.1:9200"."""
        return self.plan.url

    @property
    def pid(self) -> int:
        """The JVM's process id."""
        return self.process.pid

    def alive(self) -> bool:
        """Whether the process runs; it may not answer yet."""
        return self.process.poll() is None

    def wait_ready(self, deadline_seconds: float = START_SECONDS) -> None:
        """Waits until every index is readable (health yellow or green).

        Raises:
            MissingPartError: It died, or the deadline passed; the message ends with its last log lines.
        """
        deadline = time.monotonic() + deadline_seconds
        with httpx.Client(base_url=self.url, timeout=5.0, trust_env=False) as client:
            while time.monotonic() < deadline:
                if not self.alive():
                    died = f"died with exit code [{self.process.returncode}]"
                    raise MissingPartError(last_words(self.plan, died))
                if is_ready(client):
                    return
                time.sleep(0.1)
        raise MissingPartError(
            last_words(self.plan, f"did not answer within [{deadline_seconds:.0f}] seconds")
        )

    def install_dictionary(self, dictionary: Path) -> None:
        """Makes one more dictionary version available."""
        install_dictionary(dictionary, self.plan.data / "config")

    def stop(self) -> None:
        """Closes the node down in order, within `STOP_SECONDS`; harmless when it is gone."""
        spawn.stop(self.process, farewell=SHUTDOWN, patience_seconds=STOP_SECONDS)
        self._unlock()

    def kill(self) -> None:
        """Kills the process as a power cut would."""
        self.process.kill()
        self.process.wait()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def is_ready(client: httpx.Client) -> bool:
    """Whether the node at the client's base answers and has recovered its indices."""
    try:
        answer = client.get("/_cluster/health", params={"wait_for_status": "yellow", "timeout": "1s"})
    except httpx.HTTPError:
        return False
    return answer.status_code == 200 and not answer.json()["timed_out"]


def last_words(node_plan: NodePlan, what: str) -> str:
    """One sentence for a node that failed, then the end of its logs."""
    log, raw = spawn.tail(node_plan.log, 40), spawn.tail(node_plan.data.parent / "run" / "engine.out")
    port = node_plan.url.rpartition(":")[2]
    if "BindHttpException" in log or "Address already in use" in log:
        return ports.taken(int(port), "ENCORE_ENGINE_PORT")
    if "No space left on device" in log + raw:
        return f"the engine {what} because the disk of [{node_plan.data}] is full: free some space"
    return f"the engine {what}; the end of its log [{node_plan.log}]:\n{log}\n{raw}".rstrip()


def _lock_data(data: Path) -> int:
    path = data / "lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(handle, 32, 0).decode() or "unknown"
        os.close(handle)
        raise EncoreError(
            f"an engine already runs on [{data}] (process [{holder}]): "
            f"stop it with 'encore down', or set ENCORE_DATA to another folder"
        ) from error
    return handle
