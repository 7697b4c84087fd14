"""What benches ask: a world's own queries, or the lines of a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ranker.engine.rest import EngineRest
from ranker.errors import InvalidInputError
from ranker.evaluation import text_files
from ranker.evaluation.real_queries import sample
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
    """Distinct queries of a TSV, CSV or text file (.gz too), drawn at random; nobody asks them."""
    texts = sample(text_files.read(path, [column] if column else ()).texts, most, seed)
    if not texts:
        raise InvalidInputError(f"[{path}] holds no query; give one a line")
    return [Question(text, None) for text in texts]


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
