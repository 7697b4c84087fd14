"""What a scenario needs of a node."""

from dataclasses import dataclass
from pathlib import Path

import httpx

from ranker.engine.node import EngineNode
from ranker.settings import Engine
from tests.engine.engine_client import EngineClient


@dataclass
class RunningNode:
    """A node that answers.

    Attributes:
        product: Which engine it is of, for the few scenarios in which that shows.
        engine: Its process.
        http: Plain HTTP.
        dictionary_folder: The dictionary that it has.
    """

    product: Engine
    engine: EngineNode
    http: httpx.Client
    dictionary_folder: Path

    @property
    def url(self) -> str:
        return self.engine.url

    @property
    def dictionary(self) -> str:
        """Version of the dictionary."""
        return self.dictionary_folder.name

    @property
    def client(self) -> EngineClient:
        """Calls that must succeed."""
        return EngineClient(self.http)
