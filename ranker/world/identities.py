"""Identities of videos: BV and ten characters of base 58, distinct, in no telling order."""

import numpy as np
import polars as pl

from ranker.world.arrays import Ints

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BITS = np.uint64(58)
_MASK = np.uint64((1 << 58) - 1)


def video_ids(rows: Ints, seed: int) -> pl.Series:
    """The identity of each video by its row: a bijection of 58 bits, so no two are equal."""
    keys = (rows.astype(np.uint64) + np.uint64((seed * 0x9E3779B97F4A7C15) % (1 << 58))) & _MASK
    for factor in (0x2545F4914F6CDD1D, 0x1B873593CC9E2D51 | 1):
        keys = (keys * np.uint64(factor)) & _MASK
        keys = keys ^ (keys >> (_BITS // np.uint64(2)))
    letters = np.array(list(_ALPHABET))
    columns = []
    for _ in range(10):
        columns.append(pl.Series(letters[(keys % np.uint64(58)).astype(np.int64)].tolist(), dtype=pl.String))
        keys = keys // np.uint64(58)
    return pl.select(pl.concat_str([pl.lit("BV"), *columns])).to_series()
