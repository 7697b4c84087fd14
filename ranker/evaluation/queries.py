"""What benches ask: a world's own queries, or the lines of a file."""

import gzip
import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ranker.engine.rest import EngineRest
from ranker.errors import InvalidInputError
from ranker.recall.coarse import coarse_query
from ranker.world.store import World


class Question(NamedTuple):
    """A query and who asks it; None: a stranger."""

    text: str
    user: str | None


def of_world(folder: Path, most: int, seed: int = 7) -> list[Question]:
    """Searches of the world's log, drawn as often as they were made."""
    table = World.load(folder).scan("searches").select("query", "user_id").collect()
    rows = table.sample(min(most, len(table)), seed=seed, shuffle=True).rows()
    return [Question(*row) for row in rows]


def of_file(path: Path, column: str | None, most: int, seed: int = 7) -> list[Question]:
    """Distinct queries of a text file (one a line) or of a TSV's column (.gz too), drawn at random."""
    data = path.read_bytes()
    lines = (gzip.decompress(data) if path.suffix == ".gz" else data).decode().split("\n")
    if column is not None:
        header = lines[0].split("\t")
        if column not in header:
            raise InvalidInputError(f"[{path}] has no column [{column}]; choose one of [{', '.join(header)}]")
        at = header.index(column)
        lines = [cells[at] for line in lines[1:] if len(cells := line.split("\t")) > at]
    distinct = list(dict.fromkeys(text for line in lines if (text := line.strip())))
    if not distinct:
        raise InvalidInputError(f"[{path}] holds no query; give one a line")
    random.Random(seed).shuffle(distinct)
    return [Question(text, None) for text in distinct[:most]]


def that_match(engine: EngineRest, index: str, questions: Sequence[Question]) -> list[Question]:
    """Those with a hit at least: where nothing is found there is nothing to rank, and nothing degrades."""
    found = []
    for question in questions:
        body = {"query": coarse_query(question.text), "size": 0, "track_total_hits": 1}
        if engine.call("POST", f"/{index}/_search", body)["hits"]["total"]["value"]:
            found.append(question)
    if not found:
        raise InvalidInputError(f"none of [{len(questions)}] queries matches a document of [{index}]")
    return found
