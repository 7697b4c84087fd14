"""A node and a dictionary that it has, for benches of text: the running one, a given one, or a new one."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ranker.engine import dictionaries, ports
from ranker.engine.engines import ENGINES
from ranker.engine.home import EngineHome, assemble
from ranker.engine.java import Jdk, find_jdk
from ranker.engine.node import EngineNode
from ranker.engine.plugin import plugin_zip
from ranker.engine.rest import EngineRest
from ranker.engine.supervisor import launch, state
from ranker.errors import InvalidInputError
from ranker.settings import Settings
from ranker.text.dictionary import DictionaryWord, export

# Names that try every rule of what becomes a word: traditional, joined by signs, mixed, long, with a blank.
_NAMES = (
    "周杰倫",
    "鄧紫棋",
    "G.E.M.",
    "A-Lin",
    "会不会",
    "哪吒之魔童降世",
    "F.I.R.飞儿乐团",
    "五月天 Live",
    "T-ara",
)


@contextmanager
def text_node(
    settings: Settings,
    environment: Mapping[str, str],
    node: str | None = None,
    dictionary: Path | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> Iterator[tuple[EngineRest, Path]]:
    """Yield a connection to a node and the folder of a dictionary version that it has.

    Args:
        settings: Where this installation's data and caches are.
        environment: Variables in which a JDK and Maven are looked for.
        node: A node's address; without one the running stack's, and where none runs, a new node in a
            temporary folder, stopped in the end.
        dictionary: A dictionary folder; without one the newest of this installation that the node has, or for
            a node of this installation a new one.
        progress: Told what takes time.

    Raises:
        MissingPartError: The new node cannot be started.
        InvalidInputError: A node elsewhere was given, and no dictionary of this installation is there.
    """
    if node is None and not launch.running(settings):
        with _own_node(settings, environment, dictionary, progress) as made:
            yield made
        return
    settings = state.settled(settings)
    local = state.read(settings)["engine"]["url"] if launch.running(settings) else None
    with EngineRest(node or str(local)) as engine:
        if node is None or node.rstrip("/") == local:
            if dictionary is None:
                dictionary = newest_dictionary(settings, settings.dictionaries)
            dictionaries.put(engine, dictionary)
        elif dictionary is None:
            dictionary = _shared(settings, engine)
        yield engine, dictionary


@contextmanager
def _own_node(
    settings: Settings,
    environment: Mapping[str, str],
    dictionary: Path | None,
    progress: Callable[[str], None],
) -> Iterator[tuple[EngineRest, Path]]:
    jdk, home = home_with_plugin(settings, environment, progress)
    with tempfile.TemporaryDirectory(prefix="encore-bench-") as folder:
        progress("exporting a dictionary")
        own = settings.model_copy(update={"data": Path(folder), "cache": settings.cache_path})
        chosen = dictionary or _exported(own.dictionaries)
        progress("starting a node")
        with (
            EngineNode.start(own, home, jdk, dictionaries=[chosen], port=ports.any_free()) as node,
            EngineRest(node.url) as engine,
        ):
            yield engine, chosen


def home_with_plugin(
    settings: Settings, environment: Mapping[str, str], progress: Callable[[str], None]
) -> tuple[Jdk, EngineHome]:
    """The engine of the settings with our plugin of these sources, and the JDK that runs it.

    Raises:
        MissingPartError: No JDK, no Maven, or the plugin doesn't compile.
    """
    jdk = find_jdk(environment)
    archive = plugin_zip(settings, jdk.home, progress, environment=environment)
    recipe = ENGINES[settings.engine].recipe
    cache = settings.cache_path
    return jdk, assemble(
        recipe, cache, jdk=jdk, environment=environment, plugins=[archive], progress=progress
    )


def newest_dictionary(settings: Settings, target: Path) -> Path:
    """The newest dictionary of this installation; where it has none, a new one in the folder `target`."""
    return _newest(settings) or _exported(target)


def _exported(target: Path) -> Path:
    return target / export(map(DictionaryWord, _NAMES), target)


def _newest(settings: Settings) -> Path | None:
    found = dictionaries.exported(settings)
    return max(found, key=lambda folder: folder.stat().st_mtime, default=None)


def _shared(settings: Settings, engine: EngineRest) -> Path:
    """A dictionary of this installation that an index of the node names."""
    answer = engine.call("GET", "/_all/_settings", parameters={"expand_wildcards": "open"})
    named = {
        part.get("dictionary")
        for index in answer.values()
        for kind in index["settings"]["index"].get("analysis", {}).values()
        for part in kind.values()
    }
    for folder in dictionaries.exported(settings):
        if folder.name in named:
            return folder
    raise InvalidInputError(
        f"no index of the node [{engine.url}] names a dictionary that is in [{settings.dictionaries}]; "
        "name one that the node has by --dictionary FOLDER"
    )
