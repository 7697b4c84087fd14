"""One training of all served models from a world, cached by content: rows, two models, export, cards."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from ranker.errors import EncoreError
from ranker.features.item_vectors import ITEM_WORDS
from ranker.features.specification import QUERY_WORDS
from ranker.ranking import export as ranking_export
from ranker.ranking import training as ranking_training
from ranker.ranking.relevance_pairs import relevance_pairs
from ranker.ranking.training import TrainingOptions
from ranker.ranking.world_rows import WorldRows, world_rows
from ranker.relevance import export as relevance_export
from ranker.relevance import training as relevance_training
from ranker.relevance.training import RelevanceOptions
from ranker.world.store import World

Progress = Callable[[str, int, int], None]
"""Told (what, done, in all)."""
MODELS: Final = ("query_tower", "relevance", "mmoe")
# Counts whose meaning isn't a straight line: a video of no plays, of a thousand and of a million.
BUCKETED: Final = (
    "plays",
    "plays_a_day",
    "age_days",
    "video_looks",
    "query_looks",
    "user_looks",
    "uploader_looks",
    "artist_trust",
)
CARD: Final = "card.json"
# A change in any of these rooms is another model; what only serves isn't here.
_ROOMS: Final = ("catalog", "text", "understanding", "features", "relevance", "ranking")


@dataclass(frozen=True)
class RunOptions:
    """How both models are trained."""

    relevance: RelevanceOptions = field(default_factory=RelevanceOptions)
    ranking: TrainingOptions = field(default_factory=TrainingOptions)


@dataclass(frozen=True)
class Run:
    """A finished training: `folder` has one folder a model of `MODELS`, ready to publish.

    `key` names its content; `fresh` says whether it was trained now; `card` is what is known about it.
    """

    folder: Path
    key: str
    fresh: bool
    card: dict[str, Any]


def run(
    world_dir: Path,
    dictionaries: Path,
    runs: Path,
    options: RunOptions | None = None,
    progress: Progress | None = None,
) -> Run:
    """Train on a world, or give back the run of the same world, code and options.

    Args:
        world_dir: The world's folder.
        dictionaries: Where dictionaries are exported to.
        runs: Where runs are kept, one folder a key.
        options: How.
        progress: Told how far it is.

    Raises:
        EncoreError: There is no world, or nothing to learn in it.
    """
    options = options or RunOptions()
    world = World.load(world_dir)
    key = content_key(world_dir, options)
    folder = runs / key
    if (folder / CARD).is_file():
        return Run(folder, key, False, json.loads((folder / CARD).read_text(encoding="utf-8")))
    runs.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{key}-", dir=runs))
    try:
        card = _train(world, dictionaries, scratch, options, progress or _silent)
        card |= {"key": key, "world": world_dir.name}
        for part in (scratch, *(scratch / model for model in MODELS)):
            (part / CARD).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        shutil.rmtree(scratch / "columns")
        scratch.chmod(0o755)
        scratch.rename(folder)
    except OSError as error:
        if not (folder / CARD).is_file():  # otherwise another training of the same was faster
            raise EncoreError(f"the run [{folder}] can't be kept: [{error}]") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Run(folder, key, True, json.loads((folder / CARD).read_text(encoding="utf-8")))


def content_key(world_dir: Path, options: RunOptions) -> str:
    """First 16 hexadecimal digits of the SHA-256 of the world's manifest, the rooms' code and the options."""
    digest = hashlib.sha256((world_dir / "manifest.json").read_bytes())
    rooms = Path(__file__).resolve().parent.parent
    for room in _ROOMS:
        for file in sorted((rooms / room).rglob("*")):
            if file.suffix in (".py", ".tsv"):
                digest.update(str(file.relative_to(rooms)).encode())
                digest.update(file.read_bytes())
    digest.update(json.dumps(asdict(options), sort_keys=True).encode())
    return digest.hexdigest()[:16]


def _train(
    world: World, dictionaries: Path, folder: Path, options: RunOptions, progress: Progress
) -> dict[str, Any]:
    data = world_rows(world, dictionaries, folder / "columns", progress)
    relevance = _train_relevance(world, data, folder, options.relevance, progress)
    ranking = _train_ranking(data, folder, options.ranking, progress)
    specification = data.specification
    for model in MODELS:
        specification.save(folder / model)
    return {
        "specification": specification.hash,
        "dictionary": specification.dictionary,
        "trained_until": specification.trained_until,
        "exposures": len(data.exposures.rows),
        "dense_features": len(specification.dense),
        "match_features": len(specification.match),
        "cardinalities": dict(zip(specification.ids, specification.cardinalities, strict=True)),
        "words": len(specification.words),
        "relevance": relevance,
        "ranking": ranking,
        "options": asdict(options),
    }


def _train_relevance(
    world: World, data: WorldRows, folder: Path, options: RelevanceOptions, progress: Progress
) -> dict[str, Any]:
    progress("relevance", 0, 1)
    pairs = relevance_pairs(data, world.labels, options.seed)
    trained = relevance_training.train(
        pairs,
        data.specification.word_codes,
        options,
        lambda done, size: progress("relevance", done, size),
    )
    relevance_export.export(trained.model, QUERY_WORDS, ITEM_WORDS, folder)
    return {
        "click_pairs": len(pairs.clicks),
        "made_up_pairs": len(pairs.negatives),
        "labels": len(pairs.labels),
        "validation_labels": len(pairs.validation),
        "validation": trained.validation,
    }


def _train_ranking(
    data: WorldRows, folder: Path, options: TrainingOptions, progress: Progress
) -> dict[str, Any]:
    training, validation, test = data.ranking()
    trained = ranking_training.train(
        training,
        validation,
        data.specification.cardinalities,
        [data.specification.dense.index(name) for name in BUCKETED],
        options,
        lambda done, size: progress("ranking", done, size),
    )
    (folder / "mmoe").mkdir()
    ranking_export.export(
        trained.model, training.dense.shape[1], training.ids.shape[1], folder / "mmoe" / "model.onnx"
    )
    return {
        "rows": {"training": len(training), "validation": len(validation), "test": len(test)},
        "epochs": trained.epochs,
        "validation": trained.validation,
        "test": ranking_training.evaluate(trained.model, test),
    }


def _silent(what: str, done: int, size: int) -> None:
    del what, done, size
