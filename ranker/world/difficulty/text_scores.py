"""Simple text scores of a query against title, tags and uploader: what text alone can tell."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from ranker.world.arrays import Floats, Ints
from ranker.world.plain_text import plain_lines

_PAIRS_AT_ONCE = 50_000
_K1, _B = 1.2, 0.75


@dataclass(frozen=True)
class TextScores:
    """Scores of (query, video) rows over character uni- and bigrams, and over the query's true terms.

    coverage: share of the query's grams that the video's text holds;
    cosine: of tf-idf vectors;
    bm25: sum over the query's grams, k1 = 1.2, b = 0.75;
    terms: share of the query's content terms, as a perfect segmenter and speller would give them, that the
    text holds.
    """

    coverage: Floats
    cosine: Floats
    bm25: Floats
    terms: Floats

    def named(self) -> dict[str, Floats]:
        """The scores by name."""
        return {f"text {name}": getattr(self, name) for name in ("coverage", "cosine", "bm25", "terms")}


class TextScorer:
    """Scores pairs of a world's queries and videos."""

    def __init__(self, videos: pl.DataFrame, queries: list[str], terms: list[tuple[str, ...]]) -> None:
        """`videos`: the catalogue; `queries`: their texts; `terms`: their plain content terms."""
        joined = videos.select(
            pl.concat_str([pl.col("title"), pl.col("tags").list.join(" "), pl.col("uploader")], separator=" ")
        ).to_series()
        self._texts = plain_lines(joined.to_list())
        self._terms = terms
        counter = CountVectorizer(analyzer="char", ngram_range=(1, 2), dtype=np.float64)
        self._documents = counter.fit_transform(self._texts).tocsr()
        self._queries = counter.transform(plain_lines(queries)).tocsr()
        count = self._documents.shape[0]
        frequency = np.bincount(self._documents.indices, minlength=self._documents.shape[1])
        self._idf = np.log(1.0 + (count - frequency + 0.5) / (frequency + 0.5))

    def scores(self, query: Ints, video: Ints) -> TextScores:
        """All scores of n pairs of rows."""
        held, asked = _ones(self._documents), _ones(self._queries)
        grams = np.maximum(np.diff(asked.indptr), 1)
        weighted, wanted = _unit(self._documents, self._idf), _unit(self._queries, self._idf)
        return TextScores(
            coverage=_dots(asked, held, query, video) / grams[query],
            cosine=_dots(wanted, weighted, query, video),
            bm25=_dots(_scaled(asked, self._idf), self._saturated(), query, video),
            terms=self._share_of_terms(query, video),
        )

    def _saturated(self) -> sparse.csr_matrix:
        table = self._documents.copy()
        length = np.asarray(table.sum(axis=1)).ravel()
        share = np.repeat(length / length.mean(), np.diff(table.indptr))
        table.data = table.data * (_K1 + 1) / (table.data + _K1 * (1 - _B + _B * share))
        return table

    def _share_of_terms(self, query: Ints, video: Ints) -> Floats:
        texts, terms = self._texts, self._terms
        shares = (
            sum(term in texts[row] for term in terms[asked]) / len(terms[asked])
            for asked, row in zip(query.tolist(), video.tolist(), strict=True)
        )
        return np.fromiter(shares, np.float64, len(query))


def _ones(table: sparse.csr_matrix) -> sparse.csr_matrix:
    table = table.copy()
    table.data[:] = 1.0
    return table


def _scaled(table: sparse.csr_matrix, weights: Floats) -> sparse.csr_matrix:
    table = table.copy()
    table.data = table.data * weights[table.indices]
    return table


def _unit(table: sparse.csr_matrix, weights: Floats) -> sparse.csr_matrix:
    table = _scaled(table, weights)
    owner = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    norm = np.sqrt(np.bincount(owner, table.data**2, table.shape[0]))
    table.data = table.data / np.maximum(norm, 1e-12)[owner]
    return table


def _dots(left: sparse.csr_matrix, right: sparse.csr_matrix, rows: Ints, columns: Ints) -> Floats:
    parts = []
    for start in range(0, len(rows), _PAIRS_AT_ONCE):
        part = slice(start, start + _PAIRS_AT_ONCE)
        product = left[rows[part]].multiply(right[columns[part]]).tocsr()
        owner = np.repeat(np.arange(product.shape[0]), np.diff(product.indptr))
        parts.append(np.bincount(owner, product.data, product.shape[0]))
    return np.concatenate(parts) if parts else np.zeros(0)
