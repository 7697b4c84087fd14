"""Id features: which thing a candidate, its listener and its query are, as codes of the specification."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from ranker.features.batch import Batch
from ranker.features.cells import Cells
from ranker.features.columns import VideoColumns
from ranker.features.feature import Feature
from ranker.features.id_dictionary import codes as coded
from ranker.features.users import AGE_BANDS, UserColumns
from ranker.understanding.names import VERSIONS

OF_VIDEO: Final = (
    Feature("artist", "id", "the artist that the video is resolved to", leak="day"),
    Feature("song", "id", "the song that the video is resolved to", leak="day"),
    Feature("style", "id", "that song's style, else the text's", leak="day"),
    Feature("language", "id", "that song's language, else the text's", leak="day"),
    Feature("version", "id", "the video's version: live, cover…"),
    Feature("uploader", "id", "who uploaded it"),
)
OF_REQUEST: Final = (
    Feature("user", "id", "the listener", leak="request"),
    Feature("wanted_artist", "id", "the first artist that the query names", leak="request"),
    Feature("wanted_version", "id", "the last version that the query names", leak="request"),
    Feature("age_band", "id", "the listener's age band", leak="request"),
    Feature("city_tier", "id", "the tier of the listener's city", leak="request"),
)
_OF_VIDEO: Final = tuple(feature.name for feature in OF_VIDEO)
ID_FEATURES: Final = (*_OF_VIDEO, *(feature.name for feature in OF_REQUEST))
Codes = npt.NDArray[np.int64]


class IdCoder:
    """Maps one generation's rows to a specification's codes, once when both are loaded. Immutable.

    A table's last entry stands for row -1 and for rows written after the build: code 0.
    """

    def __init__(self, columns: VideoColumns, users: UserColumns, ids: Mapping[str, Sequence[str]]) -> None:
        names = columns.names
        artists = names.artists["artist_id"].to_list()
        things = {
            "user": users.ids,
            "artist": artists,
            "song": names.songs["song_id"].to_list(),
            "uploader": [item.decode() for item in columns.uploaders.ids.tolist()],
            "version": list(VERSIONS),
            "style": names.styles,
            "language": names.languages,
            "wanted_artist": artists,
            "wanted_version": list(VERSIONS),
            "age_band": list(AGE_BANDS),
        }
        self._tables = {name: coded(rows, ids[name]) for name, rows in things.items()}
        self._city_tiers = {value: code + 1 for code, value in enumerate(ids["city_tier"])}
        of_video = [self._tables[name] for name in _OF_VIDEO]
        self._all = np.concatenate(of_video)
        self._lengths = np.array([len(table) - 1 for table in of_video])
        self._ends = np.cumsum(self._lengths + 1) - 1

    def codes(self, batch: Batch) -> Codes:
        """int64 (n, len(ID_FEATURES)), C-contiguous."""
        query = batch.query
        wanted = int(query.artists[0]) if len(query.artists) else -1
        version = query.versions.bit_length() - 1  # the last named says most; -1 where none is
        age_band = batch.users.value("age_band", batch.user)
        codes = np.empty((batch.count, len(ID_FEATURES)), np.int64)
        codes[:, : len(_OF_VIDEO)] = batch.records[:, -len(_OF_VIDEO) :]
        codes[:, len(_OF_VIDEO) :] = (
            self._tables["user"][batch.user],
            self._tables["wanted_artist"][wanted],
            self._tables["wanted_version"][version],
            self._tables["age_band"][age_band - 1],
            self._city_tiers.get(str(batch.users.value("city_tier", batch.user)), 0),
        )
        return codes

    def of_video(self, cells: Cells) -> npt.NDArray[np.int32]:
        """Codes of what the videos are, (n, len(_OF_VIDEO))."""
        rows = np.column_stack([cells.take(name) for name in _OF_VIDEO])
        inside = (rows >= 0) & (rows < self._lengths)
        codes = self._all[self._ends - np.where(inside, self._lengths - rows, 0)]
        return np.asarray(codes, np.int32)
