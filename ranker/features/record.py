"""What a request reads of a video, side by side: one row of 32-bit numbers, so one gather a request.

First whole numbers: what the video names and is. Columns that are searched for the same things stand
together, so that one comparison does for them all. Then float32 numbers, as bits: `NUMBERS` and the features
of the video alone.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ranker.catalog.video import COUNTS
from ranker.features.cells import Cells

Record = npt.NDArray[np.int32]
LIST: Final = 4  # width of a column that holds a list of rows
_LISTS: Final = ("title_artists", "tag_artists", "title_songs", "tag_songs", "word_songs")
_SINGLES: Final = (
    *("uploader_artist", "artist", "song_title", "lyrics_song", "song"),
    *("style", "language", "version", "style_kind", "language_kind", "version_kind"),
    *("style_bits", "language_bits", "title_versions", "other_versions", "uploader"),
)
# Not features: numbers of a video that features of a candidate are made of.
NUMBERS: Final = ("play_count", "title_length_in_terms")
PLACES: Final[dict[str, int]] = {
    **{name: LIST * i for i, name in enumerate(_LISTS)},
    **{name: LIST * len(_LISTS) + i for i, name in enumerate((*_SINGLES, *NUMBERS))},
}
FIRST_NUMBER: Final = PLACES[NUMBERS[0]]
FIRST_FEATURE: Final = FIRST_NUMBER + len(NUMBERS)


def records(
    cells: Cells, first_kinds: Sequence[int], features: npt.NDArray[np.float32], ids: npt.NDArray[np.int32]
) -> Record:
    """Records (n, …) of n videos.

    Args:
        cells: What the columns hold of them.
        first_kinds: `statistics.Kinds.starts`; a `_kind` is a row counted from there.
        features: Of the video alone, (n, features).
        ids: Codes of what the video is, (n, codes); the last columns of the record.
    """
    rows = np.empty((cells.count, FIRST_FEATURE), np.int32)
    for name, value in _whole_numbers(cells, first_kinds).items():
        width = LIST if name in _LISTS else 1
        rows[:, PLACES[name] : PLACES[name] + width] = value.reshape(-1, width)
    numbers = rows[:, FIRST_NUMBER:].view(np.float32)
    numbers[:, 0] = cells.take("counts")[:, COUNTS.index("plays")]
    numbers[:, 1] = np.maximum(np.count_nonzero(cells.take("title_terms"), axis=1), 1)
    return np.concatenate((rows, features.view(np.int32), ids), axis=1)


def _whole_numbers(cells: Cells, first_kinds: Sequence[int]) -> dict[str, npt.NDArray[Any]]:
    made = {"other_versions": cells.take("tag_versions") | cells.take("uploader_versions")}
    for name, start in zip(("style", "language", "version"), first_kinds, strict=True):
        row = cells.take(name)
        made[f"{name}_kind"] = np.where(row >= 0, row + start, -1)
    return made | {name: cells.take(name) for name in (*_LISTS, *_SINGLES) if name not in made}
