"""Which published versions were trained together, and which of these a model server serves now."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ranker.errors import EncoreError
from ranker.features.specification import Specification
from ranker.serving.model_server.base import ModelServer
from ranker.serving.model_server.repository import (
    CARD_FILE,
    SPECIFICATION_FILE,
    model_versions,
    version_folder,
)

_Key = tuple[str, str]  # hash of the specification, name of the training


@dataclass(frozen=True)
class TrainedModels:
    """One version of each model, all of one training, and the features that they take."""

    versions: dict[str, int]
    specification: Specification


class PublishedModels:
    """Reads a model repository; what it has read once it doesn't read again.

    Args:
        repository: The model repository.
        models: The models that a training brings.
    """

    def __init__(self, repository: Path, models: Sequence[str]) -> None:
        self._repository = repository
        self._models = tuple(models)
        self._read: dict[tuple[Path, int], Specification | EncoreError] = {}

    def trainings(self) -> list[TrainedModels]:
        """The trainings whose models are all there, newest first.

        Raises:
            EncoreError: There is none: a model is missing, has other features than this program, or they
                were not trained together.
        """
        found = {model: model_versions(self._repository, model) for model in self._models}
        missing = [model for model, versions in found.items() if not versions]
        if missing:
            raise EncoreError(f"no version of [{', '.join(missing)}] is published; run `encore train`")
        sets: dict[_Key, dict[str, int]] = defaultdict(dict)
        specifications: dict[_Key, Specification] = {}
        newest: dict[str, Specification | EncoreError] = {}
        for model, versions in found.items():
            for version in versions:
                newest[model] = specification = self._specification(model, version)
                if isinstance(specification, Specification):
                    key = (specification.hash, self._training(model, version))
                    sets[key][model] = version
                    specifications[key] = specification
        whole = [
            TrainedModels(versions, specifications[key])
            for key, versions in sets.items()
            if len(versions) == len(self._models)
        ]
        if not whole:
            raise _none(newest)
        return sorted(whole, key=lambda one: [one.versions[model] for model in self._models], reverse=True)

    def _specification(self, model: str, version: int) -> Specification | EncoreError:
        folder = version_folder(self._repository, model, version)
        try:
            key = (folder, (folder / SPECIFICATION_FILE).stat().st_mtime_ns)
        except OSError:  # it is being replaced, or was never whole: the next look may find it
            key = (folder, 0)
            self._read.pop(key, None)
        if key not in self._read:
            try:
                self._read[key] = Specification.load(folder)
            except EncoreError as error:
                self._read[key] = error
        return self._read[key]

    def _training(self, model: str, version: int) -> str:
        """Its training's name; "" for a version that carries none."""
        path = version_folder(self._repository, model, version) / CARD_FILE
        try:
            return str(json.loads(path.read_text(encoding="utf-8")).get("key", ""))
        except (OSError, ValueError):
            return ""


def _none(newest: dict[str, Specification | EncoreError]) -> EncoreError:
    for found in newest.values():
        if isinstance(found, EncoreError):
            return found
    said = ", ".join(
        f"{model} {found.hash}" for model, found in newest.items() if not isinstance(found, EncoreError)
    )
    return EncoreError(f"the models were not trained together: specifications [{said}]; run `encore train`")


async def newest_served(server: ModelServer, trainings: Sequence[TrainedModels]) -> TrainedModels | None:
    """The first of the trainings whose every version the server serves; None: of none.

    Raises:
        ModelServerError: The server does not answer.
    """
    served: dict[str, tuple[int, ...]] = {}
    for training in trainings:
        for model in training.versions:
            if model not in served:
                served[model] = await server.versions(model)
        if all(version in served[model] for model, version in training.versions.items()):
            return training
    return None
