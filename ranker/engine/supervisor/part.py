"""What the supervisor keeps running: a child process, and how to tell whether it is well."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ranker.serving.child import ChildProcess


class Health(StrEnum):
    """What a probe found."""

    SILENT = "silent"
    """No answer at all: stopped, hung or not yet there."""
    ANSWERING = "answering"
    """It answers, but cannot do its work, for want of another part or of models."""
    READY = "ready"
    """It did real work just now."""


@dataclass(frozen=True)
class Finding:
    """A probe's result.

    Attributes:
        health: How well the part is.
        detail: What is wrong, in words; empty when ready.
    """

    health: Health
    detail: str = ""


Probe = Callable[[bool], Awaitable[Finding]]
"""Asks a part to do real work; its argument says whether it may mend what it finds (not while held)."""


def _nothing() -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part, as a value; `Keeper` runs it.

    Attributes:
        child: What to start.
        probe: Finds out how it is; ends within a few seconds.
        addresses: Its doors, for state.json: {"url": "http://127.0.0.1:9200"}.
        key: Its name in state.json, where that differs from the child's.
        stdin: Bytes for its standard input, which then stays open; None for none.
        farewell: What asks it through that input to close down; None: SIGTERM does.
        keep: File descriptors that it shares with us.
        clean: Removes what a kill of it leaves behind; called before each start and after the last end.
        patience_seconds: How long it may take to close down.
        start_seconds: How long it may stay silent after its start.
        hung_seconds: How long it may stay silent later, before it is killed and started again.
    """

    child: ChildProcess
    probe: Probe
    addresses: Mapping[str, str]
    key: str = ""
    stdin: bytes | None = None
    farewell: bytes | None = None
    keep: tuple[int, ...] = ()
    clean: Callable[[], None] = field(default=_nothing)
    patience_seconds: float = 10.0
    start_seconds: float = 60.0
    hung_seconds: float = 30.0

    @property
    def name(self) -> str:
        """The part in status, logs and faults: "engine", "triton", "ranker"."""
        return self.child.name
