"""What one installation runs: engine, model server, Valkey, ranker, with their ports and probes."""

import contextlib
import logging
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx
from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError

from ranker.engine import ports, trust
from ranker.engine.engines import ENGINES
from ranker.engine.home import EngineHome, assemble
from ranker.engine.java import Jdk, find_jdk
from ranker.engine.plan import (
    USUAL_PORT,
    clear_temporary,
    lock_data,
    plan,
    ranker_secrets,
    ranker_settings,
)
from ranker.engine.plugin import plugin_zip
from ranker.engine.supervisor.models import ModelKeeper
from ranker.engine.supervisor.part import Finding, Health, Part
from ranker.serving.model_server.environment import TritonEnvironment, triton_environment
from ranker.serving.model_server.models import MODELS
from ranker.serving.model_server.process import TritonPorts, triton_process
from ranker.serving.model_server.stubs import remove_leftovers, stub_pids
from ranker.serving.model_server.triton import TritonModelServer
from ranker.serving.process import ranker_process
from ranker.serving.valkey_process import valkey_process
from ranker.settings import Settings

_log = logging.getLogger(__name__)

_UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"
_OVERRIDES = "encore."  # the plugin's settings, as a bench changes them while a node runs

USUAL_RANKER_PORT = 8400
RESTORING = "the generations of before are being loaded"
USUAL_VALKEY_PORT = 6379
_VALKEY_SECONDS = 2.0
USUAL_TRITON_PORTS = (8001, 8000, 8002)  # gRPC, HTTP, metrics: Triton's own defaults


@dataclass(frozen=True)
class Ingredients:
    """What has to exist before anything starts; made once, found again in the cache.

    Attributes:
        jdk: Runs the engine.
        home: The engine with the plugin.
        triton: The model server's environment; None when models run in the ranker.
    """

    jdk: Jdk
    home: EngineHome
    triton: TritonEnvironment | None


def prepare(
    settings: Settings, environment: Mapping[str, str], progress: Callable[[str], None] | None = None
) -> Ingredients:
    """Downloads, compiles and lays out whatever is missing.

    Raises:
        MissingPartError: A part of the machine is missing.
    """
    jdk = find_jdk(environment)
    plugin = plugin_zip(settings, jdk.home, progress, environment=environment)
    home = assemble(
        ENGINES[settings.engine].recipe,
        settings.cache_path,
        jdk=jdk,
        environment=environment,
        plugins=[plugin],
        progress=progress,
    )
    triton = None
    if settings.model_server == "triton":
        if progress is not None:
            progress("preparing the Triton server")
        triton = triton_environment(settings)
    return Ingredients(jdk, home, triton)


def parts(settings: Settings, made: Ingredients) -> list[Part]:
    """The parts, with ports chosen: the settings', else the usual ones if free, else any.

    Raises:
        MissingPartError: A port is taken or the disk full.
        EncoreError: Another node uses the engine's data.
    """
    ranker_port = ports.choose(settings.ranker_port, USUAL_RANKER_PORT, "ENCORE_RANKER_PORT")
    ranker_url = _ranker_url(settings, ranker_port)
    running = [_engine(settings, made, ranker_url)]
    model_server_address = None
    if made.triton is not None:
        triton_ports = TritonPorts(*(ports.choose(0, usual, "") for usual in USUAL_TRITON_PORTS))
        model_server_address = triton_ports.address
        running.append(_triton(settings, made.triton, triton_ports))
    if settings.online_store == "valkey" and settings.valkey_url is None:
        valkey = _valkey(settings)
        settings = settings.model_copy(update={"valkey_url": valkey.addresses["url"]})
        running.append(valkey)
    running.append(_ranker(settings, ranker_port, ranker_url, model_server_address))
    return running


def _ranker_url(settings: Settings, port: int) -> str:
    """Where this machine reaches the ranker, wherever else it listens."""
    scheme = "https" if settings.ranker_tls_certificate else "http"
    everywhere = settings.ranker_host in ("0.0.0.0", "::", "localhost")  # noqa: S104  # compared, not bound
    host = ports.LOOPBACK if everywhere else settings.ranker_host
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _engine(settings: Settings, made: Ingredients, ranker_url: str) -> Part:
    port = ports.choose(settings.engine_port, USUAL_PORT, "ENCORE_ENGINE_PORT")
    node = plan(
        settings,
        made.home,
        made.jdk,
        extra=ranker_settings(settings, [ranker_url]),
        secrets=ranker_secrets(settings),
        port=port,
    )
    client = httpx.AsyncClient(base_url=node.url, timeout=5.0, trust_env=False)
    mended = False

    async def probe(may_mend: bool) -> Finding:
        nonlocal mended
        del may_mend
        try:
            answer = await client.get(
                "/_cluster/health", params={"wait_for_status": "yellow", "timeout": "1s"}
            )
        except httpx.HTTPError as error:
            return Finding(Health.SILENT, f"no answer from [{node.url}]: {error!r}")
        if answer.status_code == 200 and not answer.json()["timed_out"]:
            if not mended:  # once: what is set from now on is somebody's wish
                await forget_overrides(client)
                mended = True
            return Finding(Health.READY)
        return Finding(Health.ANSWERING, f"not every index is readable yet (HTTP {answer.status_code})")

    return Part(
        child=node.child,
        probe=probe,
        addresses={"url": node.url},
        stdin=node.stdin,
        farewell=node.farewell,
        keep=(lock_data(node.data),),
        clean=lambda: clear_temporary(node),
        patience_seconds=20.0,
        start_seconds=180.0,
        hung_seconds=120.0,  # a restart costs more than a long pause
    )


async def forget_overrides(client: httpx.AsyncClient) -> list[str]:
    """Takes back what was set persistently over the plugin's settings of the start; the names of those.

    A bench that was killed leaves the node with the address of a ranker that is gone.
    """
    answer = await client.get("/_cluster/settings", params={"flat_settings": "true"})
    answer.raise_for_status()
    found = {
        name: value for name, value in answer.json()["persistent"].items() if name.startswith(_OVERRIDES)
    }
    if found:
        said = ", ".join(f"{name} {value}" for name, value in found.items())
        _log.warning("the engine's persistent settings [%s] were left by somebody: taken back", said)
        answer = await client.put("/_cluster/settings", json={"persistent": dict.fromkeys(found)})
        answer.raise_for_status()
    return list(found)


def _triton(settings: Settings, environment: TritonEnvironment, at: TritonPorts) -> Part:
    def kill(model: str) -> None:
        for pid in stub_pids(settings, model):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    published = ModelKeeper(lambda: TritonModelServer(at.address), settings.model_repo, tuple(MODELS), kill)

    def clean() -> None:
        for what in remove_leftovers(settings):
            _log.info("removed what a killed server left: %s", what)

    return Part(
        child=triton_process(settings, at, environment=environment),
        key="model_server",
        probe=published.probe,
        addresses={
            "grpc": at.address,
            "http": f"http://{ports.LOOPBACK}:{at.http}",
            "metrics": f"http://{ports.LOOPBACK}:{at.metrics}/metrics",
        },
        clean=clean,
    )


def _valkey(settings: Settings) -> Part:
    port = ports.choose(0, USUAL_VALKEY_PORT, "")
    url = f"valkey://{ports.LOOPBACK}:{port}"
    client = Valkey.from_url(url, socket_timeout=_VALKEY_SECONDS, socket_connect_timeout=_VALKEY_SECONDS)

    async def probe(may_mend: bool) -> Finding:
        del may_mend
        try:
            await client.ping()
        except (ValkeyError, OSError) as error:
            return Finding(Health.SILENT, f"no answer from [{url}]: {error!r}")
        return Finding(Health.READY)

    return Part(child=valkey_process(settings, port), probe=probe, addresses={"url": url})


def _ranker(settings: Settings, port: int, url: str, model_server_address: str | None) -> Part:
    known_by = settings.ranker_tls_certificate
    client = httpx.AsyncClient(
        base_url=url,
        timeout=5.0,
        trust_env=False,
        verify=True if known_by is None else trust.context(known_by),
    )

    async def probe(may_mend: bool) -> Finding:
        del may_mend
        try:
            answer = await client.get("/health")
        except httpx.HTTPError as error:
            if _UNTRUSTED in str(error):  # it is there, and the engine cannot trust it either
                return Finding(
                    Health.ANSWERING,
                    f"the certificate [{known_by}] does not hold for [{url}] ({error}): make one that does",
                )
            return Finding(Health.SILENT, f"no answer from [{url}]: {error!r}")
        if answer.status_code == 200:
            return Finding(Health.READY)
        return Finding(Health.ANSWERING, _unwell(answer))

    return Part(
        child=ranker_process(settings, port, model_server_address), probe=probe, addresses={"url": url}
    )


def _unwell(answer: httpx.Response) -> str:
    """What the ranker's health answer complains of, in words."""
    try:
        health = answer.json()
        failing = [name for name, well in health["models"].items() if not well]
        if health.get("restoring"):
            return RESTORING
        if not failing:
            return "no generation is held: build an index"
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"[{answer.url}] answered HTTP {answer.status_code}: {answer.text[:200]}"
    return f"no inference by [{', '.join(failing)}]"
