"""Pairs that the relevance model learns from: bands of click rate, made-up negatives, labels."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from ranker.features.item_vectors import item_words
from ranker.features.request import ParsedQuery
from ranker.features.specification import Specification
from ranker.features.training_rows import Rows, pair_rows
from ranker.ranking.world_rows import WorldRows
from ranker.relevance.training import PairRows, RelevancePairs
from ranker.understanding.names import NONE

# Bands of a pair's smoothed click rate over its query's: the tier that a band stands for, ours.
_HIGH: Final = 1.15
_LOW: Final = 0.85
_TIER_OF_BAND: Final = (1, 2, 3)
_PRIOR_LOOKS: Final = 2.0
_RANDOM_A_QUERY: Final = 6
_MOST_REPLACED: Final = 6_000
_MADE_UP_WEIGHT: Final = 0.5
_VALIDATION_SHARE: Final = 0.1

Ints = npt.NDArray[np.int64]


def relevance_pairs(data: WorldRows, labels: pl.DataFrame, seed: int = 7) -> RelevancePairs:
    """Pairs of a world: `labels` are `query, video_id, tier`."""
    generator = np.random.default_rng(seed)
    texts = labels["query"].unique(maintain_order=True).to_list()
    row_of = {text: row for row, text in enumerate(texts)}
    queries = [data.parser.parse(text) for text in texts]
    query = np.array([row_of[text] for text in labels["query"].to_list()], np.int64)
    video = data.columns.rows(labels["video_id"].to_list())
    rows, order = pair_rows(data.at_training_end, queries, query, video, data.training_end)
    tier = labels["tier"].to_numpy().astype(np.int64)[order]
    labelled = _pairs(data, rows, queries, tier, np.ones(len(tier), np.float32))
    held = generator.permutation(len(texts))[: max(1, int(len(texts) * _VALIDATION_SHARE))]
    is_held = np.isin(rows.query, held)
    made_up = [_random_pairs(data, generator), _replaced(data, queries, rows, tier, generator)]
    return RelevancePairs(
        _bands(data), PairRows.join(made_up), labelled.take(~is_held), labelled.take(is_held)
    )


def _bands(data: WorldRows) -> PairRows:
    """Exposed pairs of training, at their last exposure, by their click rate over all of them."""
    log, exposures = data.log, data.exposures
    mine = np.flatnonzero(exposures.now < data.training_end)
    query, video = exposures.rows.query[mine], exposures.rows.video[mine]
    pair, last, inverse = np.unique((query << 32 | video)[::-1], return_index=True, return_inverse=True)
    last = len(mine) - 1 - last
    looks = 1.0 / (1.0 + 0.15 * (exposures.position[mine] - 1))[::-1]
    clicks = exposures.click[mine][::-1]
    of_query = (pair >> 32).astype(np.int64)
    pair_looks, pair_clicks = np.bincount(inverse, looks), np.bincount(inverse, clicks)
    total = np.bincount(of_query, pair_clicks, len(log.queries)) + 1.0
    rate = (total / (np.bincount(of_query, pair_looks, len(log.queries)) + 3.0))[of_query]
    lift = (pair_clicks / rate + _PRIOR_LOOKS) / (pair_looks + _PRIOR_LOOKS)
    band = np.digitize(lift, (_LOW, _HIGH))
    chosen = mine[last]
    rows = Rows(
        exposures.rows.dense[:0],
        exposures.rows.ids[:0],
        exposures.rows.match[chosen],
        exposures.rows.video[chosen],
        exposures.rows.query[chosen],
    )
    weight = (pair_looks / (pair_looks + _PRIOR_LOOKS)).astype(np.float32)
    return _pairs(data, rows, log.queries, np.array(_TIER_OF_BAND, np.int64)[band], weight)


def _random_pairs(data: WorldRows, generator: np.random.Generator) -> PairRows:
    """Easy negatives: asked queries with any videos."""
    log = data.log
    asked = np.unique(log.query[log.request[log.now[log.request] < data.training_end]])
    query = np.repeat(asked, _RANDOM_A_QUERY)
    video = generator.integers(data.columns.built, size=len(query))
    rows, _ = pair_rows(data.at_training_end, log.queries, query, video, data.training_end)
    made_up = np.full(len(rows), _MADE_UP_WEIGHT, np.float32)
    return _pairs(data, rows, log.queries, np.zeros(len(rows), np.int64), made_up)


def _replaced(
    data: WorldRows,
    queries: list[ParsedQuery],
    rows: Rows,
    tier: Ints,
    generator: np.random.Generator,
) -> PairRows:
    """Hard negatives: a positive's query with its artist, or else its song, replaced by another."""
    names = data.columns.names
    good = np.flatnonzero(tier == 3)
    good = generator.permutation(good)[:_MOST_REPLACED]
    texts: list[str] = []
    videos: list[int] = []
    for row in good.tolist():
        query = queries[int(rows.query[row])]
        text = _other_name(query, names.artists["name"].to_list(), names.titles, generator)
        if text:
            texts.append(text)
            videos.append(int(rows.video[row]))
    parsed = [data.parser.parse(text) for text in texts]
    made, order = pair_rows(
        data.at_training_end, parsed, np.arange(len(parsed)), np.array(videos, np.int64), data.training_end
    )
    del order
    weight = np.full(len(made), _MADE_UP_WEIGHT, np.float32)
    return _pairs(data, made, parsed, np.zeros(len(made), np.int64), weight)


def _other_name(
    query: ParsedQuery, artists: list[str], titles: list[str], generator: np.random.Generator
) -> str:
    """The query's text with a name that stands in it replaced; empty where none does."""
    for rows, names in ((query.artists, artists), (query.titles, titles)):
        for row in rows.tolist():
            if row != NONE and names[row] in query.text:
                other = names[int(generator.integers(len(names)))]
                return "" if other == names[row] else query.text.replace(names[row], other)
    return ""


def _pairs(
    data: WorldRows,
    rows: Rows,
    queries: Sequence[ParsedQuery],
    tier: Ints,
    weight: npt.NDArray[np.float32],
) -> PairRows:
    specification: Specification = data.specification
    words = np.concatenate([specification.query_words(query.words) for query in queries])
    return PairRows(
        words[rows.query], item_words(data.columns, rows.video, specification), rows.match, tier, weight
    )
