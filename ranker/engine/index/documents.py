"""A video as the index holds it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np

from ranker.catalog.video import Video
from ranker.recall.coarse import popularity
from ranker.recall.encoder import Vectors

_encode = msgspec.json.Encoder().encode
_LEFT_OUT_WHEN_UNKNOWN = ("uploaded_at", "duration_seconds", "resolution")
_VECTOR_DECIMALS = 6  # keeps the length within 1e-5 of 1 (the engine allows 1e-4) at half the bytes


def document(video: Video, vector: Sequence[float]) -> dict[str, Any]:
    """The fields of a document; what is unknown (0) is left out, popularity and vector are added."""
    fields: dict[str, Any] = msgspec.structs.asdict(video)
    for name in _LEFT_OUT_WHEN_UNKNOWN:
        if not fields[name]:
            del fields[name]
    fields["popularity"] = popularity(video.plays)
    fields["title_vector"] = vector
    return fields


def index_actions(
    videos: Iterable[Video], vectors: Vectors
) -> Iterator[tuple[dict[str, dict[str, str]], bytes]]:
    """Bulk actions that write the videos; `vectors` is (n, dimensions) in their order."""
    rounded = np.round(vectors.astype(np.float64), _VECTOR_DECIMALS)
    for video, vector in zip(videos, rounded, strict=True):
        yield {"index": {"_id": video.video_id}}, _encode(document(video, vector.tolist()))
