"""A running stack as a bench breaks it: its processes, its supervisor and its engine's settings."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

from ranker.engine.rest import EngineRest
from ranker.engine.supervisor import control, state
from ranker.errors import EncoreError
from ranker.evaluation.faults import Fault
from ranker.evaluation.slow_proxy import SlowProxy
from ranker.serving.model_server.stubs import stub_pids
from ranker.settings import Settings

_ADDRESSES: Final = "encore.ranker.addresses"
_RANKER: Final = "ranker"
_TRITON: Final = "triton"
_BROKEN_MODEL: Final = "mmoe"


class Stack:
    """The stack that runs in a data folder.

    Args:
        settings: The installation.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        found = state.read(settings)
        if found.get("model_server") is None:
            raise EncoreError(
                "no Triton runs here, so it can't be broken: start with `encore up --model-server triton`"
            )
        self.engine_url: str = found["engine"]["url"]
        self.ranker_url: str = found["ranker"]["url"]

    def faults(self, proxy: SlowProxy, deadline_seconds: float) -> list[Fault]:
        """Every fault of the bench; the supervisor is told to keep its hands off while one is held."""
        return [
            self._killed("ranker killed", _RANKER, self._pids(_RANKER)),
            self._stopped("ranker stopped", _RANKER),
            self._slow(proxy, 3 * deadline_seconds),
            self._killed("triton killed", _TRITON, self._pids("model_server")),
            self._stopped("triton stopped", _TRITON),
            self._killed(
                f"stub of {_BROKEN_MODEL} killed", _TRITON, lambda: stub_pids(self._settings, _BROKEN_MODEL)
            ),
        ]

    def _pids(self, key: str) -> Callable[[], Sequence[int]]:
        return lambda: [state.read(self._settings)[key]["pid"]]

    def _killed(self, name: str, part: str, pids: Callable[[], Sequence[int]]) -> Fault:
        return Fault(name, self._under_hold(part, pids, signal.SIGKILL), lambda: self._release(part))

    def _stopped(self, name: str, part: str) -> Fault:
        pids = self._pids(_RANKER if part == _RANKER else "model_server")

        def repair() -> None:
            _signal(name, pids(), signal.SIGCONT)
            self._release(part)

        return Fault(name, self._under_hold(part, pids, signal.SIGSTOP), repair)

    def _slow(self, proxy: SlowProxy, seconds: float) -> Fault:
        def make() -> None:
            proxy.delay_seconds = seconds
            self.set_addresses([f"{urlsplit(self.ranker_url).scheme}://127.0.0.1:{proxy.port}"])

        def repair() -> None:
            proxy.delay_seconds = 0.0
            self.set_addresses(None)

        return Fault("ranker slow", make, repair)

    def _under_hold(
        self, part: str, pids: Callable[[], Sequence[int]], number: signal.Signals
    ) -> Callable[[], None]:
        def make() -> None:
            control.ask(self._settings, {"do": "hold", "part": part})
            _signal(part, pids(), number)

        return make

    def _release(self, part: str) -> None:
        control.ask(self._settings, {"do": "release", "part": part})

    def set_addresses(self, addresses: Sequence[str] | None) -> None:
        """Point the engine at other rankers; None: back to those it was started with."""
        with EngineRest(self.engine_url) as engine:
            engine.call("PUT", "/_cluster/settings", {"persistent": {_ADDRESSES: addresses}})

    @contextmanager
    def mended_afterwards(self) -> Iterator[None]:
        """Leave the stack as it was started, whatever happens meanwhile, or happened to a bench before."""
        self.set_addresses(None)
        try:
            yield
        finally:
            self.set_addresses(None)
            for part in (_RANKER, _TRITON):
                self._release(part)

    def slow_proxy(self) -> SlowProxy:
        """A door before the ranker."""
        parts = urlsplit(self.ranker_url)
        return SlowProxy(parts.hostname or "127.0.0.1", parts.port or 80)


def _signal(name: str, pids: Sequence[int], number: signal.Signals) -> None:
    if not pids or None in pids:
        raise EncoreError(f"no process of [{name}] runs, so there is nothing to break; see `encore status`")
    for pid in pids:
        os.kill(pid, number)
