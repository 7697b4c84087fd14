"""Looks at the machine and the installation and says of each part: ok, missing, and what to do."""

import asyncio
import platform
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter

import psutil

from ranker.engine import dictionary_checks, ports
from ranker.engine.check import Check
from ranker.engine.engines import ENGINES
from ranker.engine.java import find_jdk
from ranker.engine.maven import find_maven
from ranker.engine.plan import USUAL_PORT
from ranker.engine.plugin import source_hash
from ranker.engine.supervisor import control, launch, parts, state
from ranker.errors import EncoreError, MissingPartError
from ranker.serving.model_server.base import ModelServerError
from ranker.serving.model_server.environment import check_machine
from ranker.serving.model_server.models import MODELS
from ranker.serving.model_server.repository import model_versions
from ranker.serving.model_server.triton import TritonModelServer
from ranker.settings import Settings

ENOUGH_DISK_MEGABYTES = 4096  # engine, Triton's environment, a sample world, its index and some logs
ENOUGH_SHARED_MEGABYTES = 128  # Triton's model processes exchange tensors there; containers give 64
MEMORY_BESIDE_HEAP_MEGABYTES = 1536  # the JVM outside its heap, Triton with four models, the ranker
PROBE_SECONDS = 5.0

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def examine(settings: Settings, environment: Mapping[str, str]) -> Iterator[Check]:
    """Every check, in the order in which parts depend on each other; each is made when asked for."""
    settings = state.settled(settings)
    yield from machine(settings, environment)
    running = launch.running(settings)
    yield from _caches(settings)
    yield from _versions()
    yield from _models(settings)
    if running:
        yield from _running(settings)
    else:
        yield Check("running parts", "note", "nothing runs", "start it with 'encore up'")
    yield from dictionary_checks.checks(settings)


def machine(settings: Settings, environment: Mapping[str, str]) -> Iterator[Check]:
    """What no command of ours can bring: programs, memory, disk, ports."""
    yield _attempt("JDK", lambda: _jdk(environment))
    yield _maven(settings, environment)
    if settings.model_server == "triton":
        yield _attempt("Triton on this machine", _triton_fits)
        yield _shared_memory()
    yield _disk("disk of the data", settings.data)
    yield _disk("disk of the cache", settings.cache_path)
    yield _memory(settings)
    yield from _ports(settings, launch.running(settings))


def require_machine(settings: Settings, environment: Mapping[str, str]) -> None:
    """Refuse a machine on which the stack would not come up, before minutes of other work.

    Raises:
        MissingPartError: Names everything that is missing and what to do about each.
    """
    missing = [check for check in machine(settings, environment) if check.state == "missing"]
    if missing:
        said = "; ".join(f"{check.name} [{check.found}]: {check.todo}" for check in missing)
        raise MissingPartError(f"this machine lacks what the stack needs: {said}")


def _attempt(name: str, look: Callable[[], str]) -> Check:
    """A check whose failure is an `EncoreError` with the remedy in its sentence."""
    try:
        return Check(name, "ok", look())
    except EncoreError as error:
        found, _, todo = str(error).rpartition(": " if ": " in str(error) else "; ")
        return Check(name, "missing", found or str(error), todo)


def _jdk(environment: Mapping[str, str]) -> str:
    jdk = find_jdk(environment)
    return f"{jdk.version} at {jdk.home}"


def _triton_fits() -> str:
    check_machine()
    return f"{' '.join(platform.libc_ver())}, {platform.machine()}, Python {platform.python_version()}"


def _maven(settings: Settings, environment: Mapping[str, str]) -> Check:
    try:
        maven = find_maven(environment)
    except MissingPartError as error:
        if _engine_is_cached(settings) and _plugin_is_cached(settings):
            return Check("Maven", "note", "none in PATH", "not needed until the plugin changes")
        found, _, todo = str(error).partition("; ")
        return Check("Maven", "missing", found, todo)
    answer = subprocess.run(
        [str(maven), "-v"], capture_output=True, text=True, check=False, env=dict(environment)
    )
    first = _COLOUR.sub("", " ".join((answer.stdout or answer.stderr).splitlines()[:1]))
    return Check("Maven", "ok", f"{first} at {maven}")


def _shared_memory() -> Check:
    total = shutil.disk_usage("/dev/shm").free // 2**20  # noqa: S108  # looked at, not written to
    found = f"{total} MB free in /dev/shm"
    if total < ENOUGH_SHARED_MEGABYTES:
        enough = f"{ENOUGH_SHARED_MEGABYTES} MB (containers: --shm-size)"
        return Check(
            "shared memory", "missing", found, f"give it {enough}, or ENCORE_MODEL_SERVER=in_process"
        )
    return Check("shared memory", "ok", found)


def _disk(name: str, folder: Path) -> Check:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free // 2**20
    found = f"{free} MB free for {folder}"
    if free < ENOUGH_DISK_MEGABYTES:
        todo = f"free up to {ENOUGH_DISK_MEGABYTES} MB, or point ENCORE_DATA and ENCORE_CACHE elsewhere"
        return Check(name, "missing", found, todo)
    return Check(name, "ok", found)


def _memory(settings: Settings) -> Check:
    available = psutil.virtual_memory().available // 2**20
    needed = settings.engine_heap_megabytes + MEMORY_BESIDE_HEAP_MEGABYTES
    found = f"{available} MB available, about {needed} MB needed by a full stack"
    if available < needed and not launch.running(settings):
        return Check("memory", "missing", found, "free some, or set ENCORE_ENGINE_HEAP_MEGABYTES lower")
    return Check("memory", "ok", found)


def _ports(settings: Settings, running: bool) -> Iterator[Check]:
    if running:
        return
    wishes = (
        ("port of the engine", settings.engine_port, USUAL_PORT, "ENCORE_ENGINE_PORT"),
        ("port of the ranker", settings.ranker_port, parts.USUAL_RANKER_PORT, "ENCORE_RANKER_PORT"),
    )
    for name, wanted, usual, variable in wishes:
        port = wanted or usual
        if ports.is_free(port):
            yield Check(name, "ok", f"{port} is free")
        elif wanted:
            found, _, todo = ports.taken(port, variable).partition(": ")
            yield Check(name, "missing", found, todo)
        else:
            yield Check(name, "note", f"{port} is taken", "another free port will be chosen")


def _engine_is_cached(settings: Settings) -> bool:
    return ENGINES[settings.engine].recipe.base_folder(settings.cache_path).is_dir()


def _plugin_is_cached(settings: Settings) -> bool:
    try:
        return any((settings.cache_path / "plugin" / source_hash(engine=settings.engine)).glob("*.zip"))
    except MissingPartError:
        return False


def _caches(settings: Settings) -> Iterator[Check]:
    made = [
        (ENGINES[settings.engine].recipe.name, _engine_is_cached(settings)),
        ("engine plugin", _plugin_is_cached(settings)),
    ]
    if settings.model_server == "triton":
        made.append(("Triton's environment", any(settings.cache_path.glob("triton/python-*"))))
    for name, present in made:
        if present:
            yield Check(name, "ok", f"in {settings.cache_path}")
        else:
            yield Check(name, "note", "not in the cache yet", "'encore up' puts it there")


def _versions() -> Iterator[Check]:
    names = ("encore", "elasticsearch", "opensearch-py", "onnxruntime", "tritonclient", "numpy", "polars")
    found = [f"Python {platform.python_version()}"]
    for name in names:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            yield Check("versions", "missing", f"package {name} is not installed", "pip install -e .")
    yield Check("versions", "ok", ", ".join(found))


def _models(settings: Settings) -> Iterator[Check]:
    for model in MODELS:
        versions = model_versions(settings.model_repo, model)
        if versions:
            yield Check(f"model {model}", "ok", f"version {versions[-1]} in {settings.model_repo}")
        else:
            todo = "publish it with 'encore train'"
            yield Check(f"model {model}", "note", f"not published in {settings.model_repo}", todo)


def _running(settings: Settings) -> Iterator[Check]:
    try:
        status = control.ask(settings, {"do": "status"})
        running = state.read(settings)
    except EncoreError as error:
        yield Check("running parts", "missing", str(error), "run 'encore down', then 'encore up'")
        return
    for part in status["parts"]:
        found = f"{part['phase']} at {next(iter(part['addresses'].values()))}, process {part['pid']}"
        if part["phase"] == "ready":
            yield Check(f"running {part['name']}", "ok", found)
        else:
            todo = f"look at its log in {settings.run}"
            state_of = "note" if part["phase"] in ("answering", "starting") else "missing"
            yield Check(f"running {part['name']}", state_of, f"{found}: {part['detail']}", todo)  # type: ignore[arg-type]
    if running.get("model_server"):
        yield from asyncio.run(_probe_models(settings, running["model_server"]["grpc"]))


async def _probe_models(settings: Settings, address: str) -> list[Check]:
    server = TritonModelServer(address)
    checks = []
    try:
        for model in MODELS:
            if not model_versions(settings.model_repo, model):
                continue
            began = perf_counter()
            try:
                await server.probe(model, timeout_seconds=PROBE_SECONDS)
            except ModelServerError as error:
                todo = "the supervisor reloads it; if it stays so, look at triton.log"
                checks.append(Check(f"inference by {model}", "missing", str(error), todo))
            else:
                milliseconds = (perf_counter() - began) * 1000
                checks.append(Check(f"inference by {model}", "ok", f"answered in {milliseconds:.1f} ms"))
    finally:
        await server.close()
    return checks
