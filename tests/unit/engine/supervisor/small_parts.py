"""Small Python programs as parts, and a supervisor around them, for tests."""

import asyncio
import contextlib
import sys
import textwrap
import time
from pathlib import Path

import psutil

from ranker.engine.supervisor.part import Finding, Health, Part
from ranker.serving.child import ChildProcess

SLEEPER = "import time\nwhile True: time.sleep(60)"


class Probe:
    """A probe whose finding a test sets; remembers whether it was allowed to mend."""

    def __init__(self, health: Health = Health.READY, detail: str = "") -> None:
        self.finding = Finding(health, detail)
        self.allowed: list[bool] = []

    async def __call__(self, may_mend: bool) -> Finding:
        self.allowed.append(may_mend)
        return self.finding


def part(folder: Path, code: str = SLEEPER, name: str = "small", **given) -> Part:
    """A part that runs this Python code."""
    child = ChildProcess(
        name=name,
        argv=(sys.executable, "-I", "-S", "-c", textwrap.dedent(code)),
        cwd=folder,
        log_name=f"{name}.log",
    )
    given.setdefault("probe", Probe())
    given.setdefault("addresses", {"url": f"http://127.0.0.1/{name}"})
    return Part(child=child, **given)


async def until(condition, seconds: float = 15.0):
    """The condition's first true value; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        await asyncio.sleep(0.01)
    raise AssertionError("the condition never held")


@contextlib.asynccontextmanager
async def kept(keeper):
    """The keeper at work; stopped at the end."""
    life = asyncio.create_task(keeper.keep())
    try:
        yield keeper
    finally:
        keeper.stop()
        await asyncio.wait_for(life, 30)


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
