"""One node of a search engine as a child process of this one."""

import os
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from ranker.engine import lock, spawn
from ranker.engine.home import EngineHome
from ranker.engine.java import Jdk
from ranker.engine.plan import NodePlan, clear_temporary, last_words, lock_data, plan
from ranker.errors import MissingPartError
from ranker.settings import Settings

START_SECONDS = 120.0  # 5 to 10 s on a quiet machine; a busy one with an index to recover takes its time
STOP_SECONDS = 20.0  # the engine gives its own shards 10


@dataclass
class EngineNode:
    """A running node; a context manager that stops it.

    It dies with this process, however this process dies. Not thread-safe; start it from a thread that lives
    as long as the process (see `tether`).

    Attributes:
        plan: What was started.
        process: The JVM.
    """

    plan: NodePlan
    process: subprocess.Popen[bytes]
    _lock: int = field(repr=False)

    @classmethod
    def launch(cls, node_plan: NodePlan) -> Self:
        """Starts the process and returns at once; `wait_ready` says when it answers.

        Raises:
            EncoreError: Another node uses the data folder.
        """
        held = lock_data(node_plan.data)
        try:
            clear_temporary(node_plan)
            run = node_plan.output.parent
            process = spawn.spawn(node_plan.child, run, stdin=node_plan.stdin, keep=[held])
        except BaseException:
            os.close(held)
            raise
        lock.note(held, process.pid)
        return cls(node_plan, process, held)

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
            MissingPartError: A port, the disk; the node died or did not answer in time, with the reason.
            EncoreError: Another node uses the data folder.
        """
        node = cls.launch(plan(settings, home, jdk, dictionaries=dictionaries, extra=extra, port=port))
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
            MissingPartError: It died, or the deadline passed; the message says why, as far as its logs do.
        """
        deadline = time.monotonic() + deadline_seconds
        with httpx.Client(base_url=self.url, timeout=5.0, trust_env=False) as client:
            while time.monotonic() < deadline:
                if not self.alive():
                    died = f"died with exit code [{self.process.returncode}]"
                    raise MissingPartError(last_words(self.plan, self.pid, died))
                if _is_ready(client):
                    return
                time.sleep(0.1)
        silent = f"did not answer within [{deadline_seconds:g}] seconds"
        raise MissingPartError(last_words(self.plan, self.pid, silent))

    def stop(self) -> None:
        """Closes the node down in order, within `STOP_SECONDS`; harmless when it is gone."""
        spawn.stop(self.process, farewell=self.plan.farewell, patience_seconds=STOP_SECONDS)
        self._unlock()

    def kill(self) -> None:
        """Kills the process as a power cut would."""
        self.process.kill()
        spawn.stop(self.process, patience_seconds=STOP_SECONDS)
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


def _is_ready(client: httpx.Client) -> bool:
    try:
        answer = client.get("/_cluster/health", params={"wait_for_status": "yellow", "timeout": "1s"})
    except httpx.HTTPError:
        return False
    return answer.status_code == 200 and not answer.json()["timed_out"]
