"""The whole stack, made by `encore demo --size small` in a folder of its own: real engine, Triton, ranker."""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from ranker.engine.ports import any_free
from ranker.settings import PROJECT, Settings

ENCORE = PROJECT / ".venv" / "bin" / "encore"
DEMO_SECONDS = 900  # downloads of a fresh machine included


@dataclass(frozen=True)
class RunningStack:
    """What a test needs of it."""

    settings: Settings
    environment: dict[str, str]
    demo: subprocess.CompletedProcess[str]

    def encore(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command as a person would; its output is no terminal's."""
        done = subprocess.run(
            [str(ENCORE), *arguments],
            check=False,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert not check or done.returncode == 0, f"{arguments}: {done.stderr[-2000:]}"
        return done

    def json(self, *arguments: str) -> dict:
        """A command's JSON."""
        return json.loads(self.encore(*arguments, "--json").stdout)

    @property
    def state(self) -> dict:
        """Who runs where."""
        return json.loads((self.settings.run / "state.json").read_text())

    @property
    def engine(self) -> httpx.Client:
        """The engine's REST interface."""
        return httpx.Client(base_url=self.state["engine"]["url"], timeout=30, trust_env=False)

    @property
    def ranker(self) -> httpx.Client:
        """The ranker's."""
        return httpx.Client(base_url=self.state["ranker"]["url"], timeout=30, trust_env=False)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    data = tmp_path_factory.mktemp("stack")
    cache = Path(os.environ.get("ENCORE_CACHE", PROJECT / ".encore" / "cache"))
    settings = Settings(
        data=data,
        cache=cache,
        model_repo=data / "model_repo",
        engine_heap_megabytes=512,
        # Not the usual ports: a stack that starts beside this one may take them first.
        engine_port=any_free(),
        ranker_port=any_free(),
    )
    environment = {**os.environ, **settings.environment(), "COLUMNS": "160"}
    demo = subprocess.run(
        [str(ENCORE), "demo", "--size", "small"],
        check=False,
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEMO_SECONDS,
    )
    try:
        assert demo.returncode == 0, demo.stderr[-4000:]
        yield RunningStack(settings, environment, demo)
    finally:
        subprocess.run([str(ENCORE), "down"], check=False, env=environment, capture_output=True, timeout=120)
