"""Everything that the index's commands work with, opened once."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ranker.engine.encoder import encoder_folder
from ranker.engine.index.generation import History, Manifest
from ranker.engine.index.naming import check_index
from ranker.engine.index.ranker_door import RankerDoor
from ranker.engine.index.write_log import WriteLog
from ranker.engine.reach import Reach
from ranker.engine.rest import EngineError, EngineRest
from ranker.errors import EncoreError
from ranker.recall.encoder import TitleEncoder
from ranker.recall.vector_cache import VectorCache
from ranker.settings import Settings

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, in all); a stage's unit is its own."""


@dataclass(frozen=True)
class Site:
    """One index of one installation.

    Attributes:
        settings: Folders.
        index: The alias.
        rest: The engine.
        ranker: Who changes columns.
        environment: For Maven, should the encoder have to be fetched.
    """

    settings: Settings
    index: str
    rest: EngineRest
    ranker: RankerDoor
    environment: Mapping[str, str] = field(default_factory=dict)

    def folder(self, generation: str) -> Path:
        """The generation's folder of columns."""
        return self.settings.generations / generation

    @property
    def history(self) -> History:
        """Which generations went live."""
        return History(self.settings.generations, self.index)

    @property
    def log(self) -> WriteLog:
        """The accepted writes."""
        return WriteLog(self.settings.writes / self.index)

    @cached_property
    def vectors(self) -> VectorCache:
        """The encoder of titles, fetched if it is not there; its vectors are kept in the cache."""
        cache = self.settings.cache_path
        encoder = TitleEncoder.open(encoder_folder(cache, self.environment), threads=0)
        return VectorCache(cache / "vectors", encoder)

    def live(self) -> str | None:
        """The generation that the alias points to; None before the first build.

        Raises:
            EncoreError: An index, not an alias, bears the name; or the alias has several.
        """
        try:
            found = sorted(self.rest.call("GET", f"/_alias/{self.index}"))
        except EngineError as error:
            if error.status != 404:
                raise
            if self.rest.exists(f"/{self.index}"):
                raise EncoreError(
                    f"[{self.index}] is an index, where an alias belongs; delete it or choose another --index"
                ) from None
            return None
        if len(found) > 1:
            raise EncoreError(f"alias [{self.index}] points to [{', '.join(found)}]; leave it one")
        return str(found[0])

    def live_manifest(self) -> Manifest:
        """The live generation's manifest.

        Raises:
            EncoreError: None is live, or its folder is not of this installation.
        """
        name = self.live()
        if name is None:
            raise EncoreError(f"there is no index [{self.index}] yet: build it with `encore index build`")
        return Manifest.read(self.folder(name))

    def count(self, generation: str) -> int:
        """Documents that a search can find; refreshes."""
        self.rest.call("POST", f"/{generation}/_refresh")
        return int(self.rest.call("GET", f"/{generation}/_count")["count"])


@contextmanager
def open_site(settings: Settings, index: str, environment: Mapping[str, str]) -> Iterator[Site]:
    """The site of the running installation, or of the stack that the settings name.

    Raises:
        EncoreError: Nothing runs.
        InvalidInputError: Not a name of an index, or the engine elsewhere is another than the settings'.
    """
    check_index(index)
    reach = Reach.of(settings)
    with reach.engine() as rest:
        reach.check(rest)
        yield Site(reach.settings, index, rest, reach.door(), environment)
