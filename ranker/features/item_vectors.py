"""The item side of relevance, computed when the index is built: one vector a video, stored by model."""

import hashlib
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from ranker.features.columns import VideoColumns
from ranker.features.identifiers import mapped
from ranker.features.layout import PLACES
from ranker.features.specification import Specification
from ranker.relevance import ITEM_GRAPH

FOLDER: Final = "item_vectors"
# Of the pack `terms`: the first words of title, tags and uploader's name; later ones cost and say little.
_READ: Final = np.concatenate(
    [
        np.arange(PLACES[name].start, PLACES[name].start + count)
        for name, count in (("title_terms", 24), ("tag_terms", 14), ("uploader_terms", 4))
    ]
)
ITEM_WORDS: Final = len(_READ)
_BATCH: Final = 2_048
_KEPT: Final = 2


def item_words(
    columns: VideoColumns, rows: npt.NDArray[np.int64], specification: Specification
) -> npt.NDArray[np.int64]:
    """What the item tower reads: codes of title, tags and uploader, int64 (n, words); 0 is padding."""
    return specification.codes_of_terms(columns.take_pack("terms", rows)[:, _READ])


class ItemVectors:
    """Vectors by row of `VideoColumns`: built ones memory-mapped, later ones in memory.

    One writer; any number of readers.
    """

    def __init__(self, tower: Any, built: npt.NDArray[np.float32]) -> None:
        self._tower = tower
        self._built = built
        self._later: dict[int, npt.NDArray[np.float32]] = {}

    @classmethod
    def open(
        cls, folder: Path, tower_folder: Path, columns: VideoColumns, specification: Specification
    ) -> Self:
        """Open the generation's vectors for these models, computing them first where they are missing.

        Args:
            folder: The generation's.
            tower_folder: The published version that holds the item tower's graph.
            columns: The generation's videos.
            specification: Of the models.
        """
        graph = (tower_folder / ITEM_GRAPH).read_bytes()
        tower = _session(graph)
        # Two trainings with one specification have other weights: the graph names the file too.
        path = folder / FOLDER / f"{specification.hash}-{hashlib.sha256(graph).hexdigest()[:16]}.npy"
        if not path.is_file():
            path.parent.mkdir(exist_ok=True)
            vectors = _compute(tower, columns, np.arange(columns.built), specification)
            temporary = path.with_suffix(".part")
            with temporary.open("wb") as file:
                np.save(file, vectors)
            temporary.replace(path)
            _forget_older(path.parent)
        opened = cls(tower, mapped(path))
        opened.update(columns, columns.later_rows(), specification)
        return opened

    def take(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """(n,) rows → (n, vector); zeros for an unknown video (-1)."""
        count = len(self._built)
        if len(rows) and rows.min() >= 0 and rows.max() < count:
            return self._built[rows]
        vectors = np.zeros((len(rows), self._built.shape[1]), np.float32)
        known = (rows >= 0) & (rows < count)
        vectors[known] = self._built[rows[known]]
        for i in np.flatnonzero(rows >= count).tolist():
            later = self._later.get(int(rows[i]))
            if later is not None:
                vectors[i] = later
        return vectors

    def update(
        self, columns: VideoColumns, rows: npt.NDArray[np.int64], specification: Specification
    ) -> None:
        """Compute the vectors of videos that were written after the build."""
        rows = rows[rows >= len(self._built)]
        if len(rows):
            self._later |= dict(
                zip(rows.tolist(), _compute(self._tower, columns, rows, specification), strict=True)
            )


def _forget_older(folder: Path) -> None:
    """Keep the two that were made last: those of the models now and of the ones before, to go back to."""
    made = sorted(folder.glob("*.npy"), key=lambda path: path.stat().st_mtime_ns)
    for path in made[:-_KEPT]:
        path.unlink(missing_ok=True)


def _session(graph: bytes) -> Any:
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return ort.InferenceSession(graph, options, ["CPUExecutionProvider"])


def _compute(
    tower: Any, columns: VideoColumns, rows: npt.NDArray[np.int64], specification: Specification
) -> npt.NDArray[np.float32]:
    width = tower.get_outputs()[0].shape[1]
    vectors = np.zeros((len(rows), width), np.float32)
    for start in range(0, len(rows), _BATCH):
        words = item_words(columns, rows[start : start + _BATCH], specification)
        vectors[start : start + len(words)] = tower.run(None, {"item_words": words})[0]
    return vectors
