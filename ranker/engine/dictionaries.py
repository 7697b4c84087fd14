"""Dictionary versions and the engine: into a node's configuration before it starts, by REST from then on.

A version that is sent to any node of a cluster is fetched by all others; nodes need share no folder.
"""

from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any

from ranker.engine.disk import link_or_copy, whole_folder
from ranker.engine.rest import EngineError, EngineRest
from ranker.errors import EncoreError
from ranker.settings import Settings
from ranker.text.dictionary import FILES, verify

PATH = "/_encore/dictionary"
_PAUSES = (0.5, 1.0, 2.0, 4.0)  # seconds; garbage is collected by then
READY_SECONDS = 90  # a node fetches, checks and loads a version within 2 on a quiet machine


@dataclass(frozen=True)
class Sent:
    """What became of a version that was sent.

    Attributes:
        version: Its name.
        created: The cluster did not list it before.
        nodes: How many nodes have it: all.
    """

    version: str
    created: bool
    nodes: int


def put(rest: EngineRest, dictionary: Path) -> Sent:
    """Send the dictionary folder `VERSION` to an engine and wait until each of its nodes can use it.

    Idempotent, for a version never changes.

    Raises:
        InvalidInputError: The folder is damaged.
        EngineError: The engine refuses it.
        EncoreError: A node is not ready in time; the message says which, and why.
    """
    verify(dictionary)
    files = {name: (dictionary / name).read_bytes().decode("utf-8") for name in ("manifest.json", *FILES)}
    parameters = {"timeout": f"{READY_SECONDS}s"}
    answer = _put(rest, f"{PATH}/{dictionary.name}", {"files": files}, parameters)
    if answer["not_ready"]:
        reasons = "; ".join(f"{node['node']}: {node['reason']}" for node in answer["not_ready"].values())
        raise EncoreError(
            f"not every node can use dictionary [{dictionary.name}] after [{READY_SECONDS}] s ({reasons}); "
            "they go on trying: send it again"
        )
    return Sent(dictionary.name, answer["result"] == "created", answer["nodes"]["ready"])


def _put(rest: EngineRest, path: str, body: dict[str, Any], parameters: dict[str, str]) -> Any:
    """Send it, and again where the engine's heap has no room for it just now."""
    for pause in _PAUSES:
        try:
            return rest.call("PUT", path, body, parameters)
        except EngineError as error:
            if error.status != 429:
                raise
        sleep(pause)
    return rest.call("PUT", path, body, parameters)


def versions(rest: EngineRest) -> dict[str, dict[str, Any]]:
    """By version that the engine's nodes know: files, bytes, sha256, listed, nodes {id: state}, indices."""
    found: dict[str, dict[str, Any]] = rest.call("GET", PATH)["versions"]
    return found


def details(rest: EngineRest, version: str) -> dict[str, Any]:
    """One version, with what each node says of its copy.

    Raises:
        EngineError: No node knows it.
    """
    found: dict[str, Any] = rest.call("GET", f"{PATH}/{version}")
    return found


def delete(rest: EngineRest, version: str) -> None:
    """Delete a version from every node.

    Raises:
        EngineError: An index uses it, or it is not there.
    """
    rest.call("DELETE", f"{PATH}/{version}")


def unused(rest: EngineRest) -> list[str]:
    """The versions that came through the cluster and that no index names."""
    return [name for name, found in versions(rest).items() if found["listed"] and not found["indices"]]


def configuration(settings: Settings) -> Path:
    """The node's configuration folder, which the plugin may read."""
    return settings.engine_data.resolve() / "config"


def place(settings: Settings, version: str) -> Path:
    """Where the node's copy of a dictionary version lies, or would lie."""
    return configuration(settings) / "encore" / "dictionary" / version


def install(settings: Settings, dictionary: Path) -> Path:
    """Lays the dictionary folder `VERSION` into the configuration of a node to be started; idempotent.

    The files are hard links or copies: the engine lets a plugin read its configuration folder and follows no
    link out of it. The folder appears whole; a running node would have to be told to reload.
    """
    target = place(settings, dictionary.name)
    with whole_folder(target) as folder:
        if folder is not None:
            for file in dictionary.iterdir():
                link_or_copy(file, folder / file.name)
    return target


def exported(settings: Settings) -> list[Path]:
    """Every dictionary version of this installation, whole ones only."""
    if not settings.dictionaries.is_dir():
        return []
    return sorted(path.parent for path in settings.dictionaries.glob("[!.]*/manifest.json"))
