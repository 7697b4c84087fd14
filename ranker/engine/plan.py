"""Decides once how a node starts, so that a restart is the same node again."""

import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from ranker.catalog.whole_file import write_whole
from ranker.engine import dictionaries as node_dictionaries
from ranker.engine import lock, ports, trust
from ranker.engine.disk import disk_errors
from ranker.engine.engines import ENGINES
from ranker.engine.home import EngineHome
from ranker.engine.java import Jdk
from ranker.engine.spawn import STARTED, tail
from ranker.serving.child import ChildProcess
from ranker.serving.doors import read_secret
from ranker.settings import Settings

USUAL_PORT = 9200
CLUSTER = "encore"
CERTIFICATES = "encore/ranker.pem"  # below the node's configuration, which is all that the plugin may read
LOCK = "lock"
TEMPORARY = "tmp"

_AUTHORITIES = "encore.ranker.certificate_authorities"
_CAUSE = re.compile(r"^(?:Caused by: )?([\w.$]+(?:Exception|Error): .+)$", re.MULTILINE)


@dataclass(frozen=True)
class NodePlan:
    """Everything that a start needs.

    Attributes:
        child: Program, arguments, environment.
        stdin: The node's settings, as the engine reads them.
        farewell: What asks it through its standard input to close down in order.
        url: Where it will answer: "http://127.0.0.1:9200".
        data: Its folder, which one node at a time may use.
        log: The engine's own log file.
        output: What the JVM prints.
    """

    child: ChildProcess
    stdin: bytes = field(repr=False)  # holds secrets
    farewell: bytes
    url: str
    data: Path
    log: Path
    output: Path

    @property
    def port(self) -> int:
        """The HTTP port."""
        return int(self.url.rpartition(":")[2])


def plan(
    settings: Settings,
    home: EngineHome,
    jdk: Jdk,
    *,
    dictionaries: Iterable[Path] = (),
    extra: Mapping[str, str | Sequence[str]] | None = None,
    secrets: Mapping[str, str] | None = None,
    port: int | None = None,
) -> NodePlan:
    """Lays out the node's folders below `settings.engine_data` and says how to start it.

    Args:
        settings: Data folder, heap, options of the JVM, bound on calls, ports.
        home: What `assemble` made, of the engine that the settings name.
        jdk: Runs it.
        dictionaries: Exported dictionaries, copied into the node's configuration unless they are there.
        extra: Node settings that are added, or replace ours.
        secrets: Secure settings; they travel through the pipe and touch no file.
        port: The HTTP port, already chosen; None chooses.

    Raises:
        MissingPartError: The port is taken or the disk full.
        InvalidInputError: The ranker's certificate file is none.
    """
    engine = ENGINES[home.engine]
    data = settings.engine_data.resolve()
    config, logs, temporary = node_dictionaries.configuration(settings), data / "logs", data / TEMPORARY
    with disk_errors(data):
        for folder in (config, logs, temporary, data / "data"):
            folder.mkdir(parents=True, exist_ok=True)
        write_whole(config / "log4j2.properties", _log_configuration(engine.log_prefix))
        if settings.ranker_tls_certificate is not None:
            (config / CERTIFICATES).parent.mkdir(exist_ok=True)
            write_whole(config / CERTIFICATES, trust.certificates(settings.ranker_tls_certificate))
        for dictionary in dictionaries:
            node_dictionaries.install(settings, dictionary)
    if port is None:
        port = ports.choose(settings.engine_port, USUAL_PORT, "ENCORE_ENGINE_PORT")
    node_settings = _node_settings(settings, home, data, logs, port)
    node_settings |= extra or {}
    java, *arguments = engine.java_command(
        jdk, home, config=config, temporary=temporary, heap_megabytes=settings.engine_heap_megabytes
    )
    child = ChildProcess(
        name="engine",
        argv=(java, *settings.engine_java_options.split(), *arguments),
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "LIBFFI_TMPDIR": str(temporary)},
        cwd=data,
        log_name="engine.out",
    )
    return NodePlan(
        child=child,
        stdin=engine.stdin(node_settings, config=config, logs=logs, secrets=secrets),
        farewell=engine.farewell,
        url=f"http://{ports.LOOPBACK}:{port}",
        data=data,
        log=logs / f"{CLUSTER}.log",
        output=settings.run / child.log_name,
    )


def ranker_settings(settings: Settings, addresses: Sequence[str]) -> dict[str, str | Sequence[str]]:
    """The node settings of the plugin's `fine_rank`, for `plan(extra=...)`.

    Args:
        settings: Deadline and bound of its calls; the certificate of an https ranker, which `plan` copies.
        addresses: Base URLs of the rankers.
    """
    known_by = {} if settings.ranker_tls_certificate is None else {_AUTHORITIES: CERTIFICATES}
    return known_by | {
        "encore.ranker.addresses": list(addresses),
        "encore.ranker.timeout": f"{settings.fine_rank_timeout_milliseconds}ms",
        "encore.ranker.calls_in_flight": str(settings.calls_in_flight),
    }


def ranker_secrets(settings: Settings) -> dict[str, str]:
    """The plugin's secure settings, for `plan(secrets=...)`: the token that the ranker asks for, if any.

    Raises:
        InvalidInputError: The token's file cannot be read, or is empty.
    """
    file = settings.ranker_token_file
    return {} if file is None else {"encore.ranker.token": read_secret(file, "token")}


def _log_configuration(prefix: str) -> bytes:
    """One configuration for both, whose system properties are named after the engine."""
    return (
        files("ranker.engine")
        .joinpath("log4j2.properties")
        .read_bytes()
        .replace(b"@engine@", prefix.encode())
    )


def _node_settings(
    settings: Settings, home: EngineHome, data: Path, logs: Path, port: int
) -> dict[str, str | Sequence[str]]:
    # OpenSearch refuses what its garbage leaves no room for, and unlike Elasticsearch collects none first: on
    # a small heap a healthy load would be refused. Its other breakers count what is really held.
    of_engine = {"indices.breaker.total.use_real_memory": "false"} if home.engine == "opensearch" else {}
    return {
        **of_engine,
        "cluster.name": CLUSTER,
        "node.name": "encore-1",
        "path.home": str(home.path),
        "path.data": str(data / "data"),
        "path.logs": str(logs),
        "network.host": ports.LOOPBACK,
        "http.port": str(port),
        "transport.port": "0",
        "discovery.type": "single-node",
        # A rescorer's call holds a search thread; four more than may be in flight keep plain searches going.
        "thread_pool.search.size": str(settings.calls_in_flight + 4),
        # Shares of a disk would stop a laptop's node with 100 GB free; what it needs is absolute.
        "cluster.routing.allocation.disk.watermark.low": "1gb",
        "cluster.routing.allocation.disk.watermark.high": "500mb",
        "cluster.routing.allocation.disk.watermark.flood_stage": "200mb",
    }


def lock_data(data: Path) -> int:
    """Takes the data folder for one node; see `lock.take`.

    Hand it to the node too: then the lock lasts as long as either process.

    Raises:
        EncoreError: Another node uses the folder.
    """
    return lock.take(
        data / LOCK,
        lambda holder: (
            f"an engine already runs on [{data}] (process [{holder}]): "
            f"stop it with 'encore down', or set ENCORE_DATA to another folder"
        ),
    )


def clear_temporary(node_plan: NodePlan) -> None:
    """Empties the JVM's temporary folder; only for who holds the data folder, before a start."""
    for left in (node_plan.data / TEMPORARY).iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def last_words(node_plan: NodePlan, pid: int, what: str) -> str:
    """One sentence for a node that failed: why, as far as the logs of this start tell, and where they are."""
    logged = tail(node_plan.log)
    started = logged.find(f"pid[{pid}]")
    text = (logged[started:] if started >= 0 else "") + tail(node_plan.output).rpartition(STARTED)[2]
    if "BindHttpException" in text or "Address already in use" in text:
        return ports.taken(node_plan.port, "ENCORE_ENGINE_PORT")
    if "No space left on device" in text:
        return f"the engine {what} because the disk of [{node_plan.data}] is full: free some space"
    boot = text[max(text.rfind("fatal exception while booting"), 0) :]
    causes = _CAUSE.findall(boot)
    reason = f": [{causes[0]}]" if causes else ""
    return f"the engine {what}{reason}; look at [{node_plan.log}] and [{node_plan.output}]"
