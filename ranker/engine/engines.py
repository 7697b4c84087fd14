"""The search engines side by side: everything in which a node of one differs from a node of the other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ranker.engine.elasticsearch import command as elasticsearch_command
from ranker.engine.elasticsearch import home as elasticsearch_home
from ranker.engine.elasticsearch.server_args import SHUTDOWN, server_args
from ranker.engine.home import Recipe
from ranker.engine.opensearch import command as opensearch_command
from ranker.engine.opensearch import home as opensearch_home
from ranker.engine.opensearch.messages import settings_and_secrets
from ranker.settings import Engine


@dataclass(frozen=True)
class SearchEngine:
    """How a node of one engine is started and ended.

    Attributes:
        recipe: What its home is made of.
        java_command: Program and arguments, given JDK, home, folders and heap.
        stdin: What it reads from standard input at boot, given its settings, folders and secrets.
        farewell: Bytes that ask it, through that input, to close down in order; the end of input does too.
        log_prefix: Begins the names of the system properties that its log configuration uses.
    """

    recipe: Recipe
    java_command: Callable[..., tuple[str, ...]]
    stdin: Callable[..., bytes]
    farewell: bytes
    log_prefix: str


ENGINES: Final[Mapping[Engine, SearchEngine]] = {
    "elasticsearch": SearchEngine(
        recipe=elasticsearch_home.RECIPE,
        java_command=elasticsearch_command.java_command,
        stdin=server_args,
        farewell=SHUTDOWN,
        log_prefix="es",
    ),
    "opensearch": SearchEngine(
        recipe=opensearch_home.RECIPE,
        java_command=opensearch_command.java_command,
        stdin=settings_and_secrets,
        farewell=b"",
        log_prefix="opensearch",
    ),
}
