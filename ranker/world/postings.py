"""Which videos hold which content term in title or tags: the fact "term match", found in the text itself."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from ranker.world.arrays import Bools, Floats, Groups, Ints
from ranker.world.plain_text import plain_lines

_ROWS_AT_ONCE = 100_000


def plain_texts(titles: pl.Series, tags: pl.Series) -> pl.Series:
    """Title and tags of each video as one string that a term can be looked for in, plain."""
    joined = pl.select(pl.concat_str([titles, tags.list.join("\t")], separator="\t")).to_series()
    parts = [
        plain_lines(joined[start : start + _ROWS_AT_ONCE].to_list())
        for start in range(0, len(joined), _ROWS_AT_ONCE)
    ]
    return pl.Series("text", [line for part in parts for line in part], dtype=pl.String)


@dataclass(frozen=True)
class Postings:
    """Videos by term, ascending, and the best known `TOP` of each by popularity."""

    numbers: dict[str, int]
    starts: Ints
    videos: Ints
    best: Groups

    def of(self, term: str) -> Ints:
        """The videos that hold the term, ascending."""
        number = self.numbers[term]
        return self.videos[self.starts[number] : self.starts[number + 1]]

    def holds(self, term: str, videos: Ints) -> Bools:
        """For each of these videos (n,), whether it holds the term."""
        mine = self.of(term)
        if not len(mine):
            return np.zeros(len(videos), bool)
        places = np.minimum(np.searchsorted(mine, videos), len(mine) - 1)
        return np.asarray(mine[places] == videos)

    def most_popular(self, term: str, count: int) -> Ints:
        """Up to `count` of the term's videos, most popular first."""
        return self.videos[self.best.get(self.numbers[term])[:count]]


def make_postings(texts: pl.Series, terms: list[str], popularity: Floats) -> Postings:
    """Postings of distinct plain terms over plain texts."""
    numbers = {term: number for number, term in enumerate(terms)}
    table = pl.DataFrame({"term": terms, "number": np.arange(len(terms), dtype=np.int64)})
    found: list[Ints] = []
    count = len(texts)
    for start in range(0, count, _ROWS_AT_ONCE):
        hits = texts[start : start + _ROWS_AT_ONCE].str.extract_many(terms, overlapping=True)
        rows = pl.DataFrame({"video": np.arange(start, start + len(hits), dtype=np.int64), "term": hits})
        pairs = rows.explode("term").drop_nulls().join(table, on="term")
        found.append((pairs["number"] * count + pairs["video"]).unique().sort().to_numpy())
    keys = np.sort(np.concatenate(found))
    number, videos = keys // count, keys % count
    starts = np.searchsorted(number, np.arange(len(terms) + 1)).astype(np.int64)
    return Postings(numbers, starts, videos, Groups.of(number, len(terms), popularity[videos]))
