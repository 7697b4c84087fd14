"""What an index consists of, for people and programs."""

from dataclasses import asdict, dataclass
from typing import Any

from ranker.engine.index.generation import Manifest
from ranker.engine.index.site import Site
from ranker.errors import EncoreError, InvalidInputError


@dataclass(frozen=True)
class GenerationStatus:
    """One held generation. `ranker_rows`: None where the ranker does not hold it, or does not run."""

    generation: str
    live: bool
    source: str
    documents: int
    ranker_rows: int | None
    dictionary: str
    encoder: dict[str, Any]
    clock_offset_ms: int
    built_at: int
    report: dict[str, int]


@dataclass(frozen=True)
class IndexStatus:
    """An index: its alias and its generations, oldest first. `ranker`: "running", "offline" or "silent"."""

    index: str
    live: str | None
    ranker: str
    generations: tuple[GenerationStatus, ...]

    @property
    def whole(self) -> bool:
        """Whether a generation is live and a running ranker holds it, row by document."""
        live = next((entry for entry in self.generations if entry.live), None)
        if live is None or self.ranker == "silent":
            return False
        return self.ranker == "offline" or live.ranker_rows == live.documents

    def as_json(self) -> dict[str, Any]:
        """The same as a JSON object."""
        return asdict(self) | {"whole": self.whole}


def status(site: Site) -> IndexStatus:
    """Look at engine, ranker and folders; a silent ranker is said, not an error."""
    live = site.live()
    try:
        rows = site.ranker.held()
        ranker = "running" if site.ranker.running else "offline"
    except EncoreError:
        rows, ranker = {}, "silent"
    names = site.history.names()
    if live is not None and live not in names:
        names.append(live)
    found = [_generation(site, name, live, rows) for name in names]
    return IndexStatus(site.index, live, ranker, tuple(entry for entry in found if entry is not None))


def _generation(site: Site, name: str, live: str | None, rows: dict[str, int]) -> GenerationStatus | None:
    try:
        manifest = Manifest.read(site.folder(name))
    except InvalidInputError:
        return None
    return GenerationStatus(
        generation=name,
        live=name == live,
        source=manifest.source,
        documents=site.count(name),
        ranker_rows=rows.get(name),
        dictionary=manifest.dictionary,
        encoder=manifest.encoder,
        clock_offset_ms=manifest.clock_offset_ms,
        built_at=manifest.built_at,
        report=manifest.report,
    )
