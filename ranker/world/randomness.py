"""Named random streams: each part of the world draws from its own, so one part's change leaves the rest."""

import hashlib

import numpy as np


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """A generator of the seed and the names alone: hash seeds, threads, order of calls change nothing."""
    label = "/".join(str(part) for part in (seed, *names))
    digest = hashlib.sha256(label.encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "little")))
