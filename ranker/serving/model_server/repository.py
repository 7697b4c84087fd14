"""The folders of Triton's model repository: MODEL/VERSION/model.onnx, versions are whole numbers."""

import re
from pathlib import Path
from typing import Final

MODEL_FILE: Final = "model.onnx"
SPECIFICATION_FILE: Final = "specification.json"
CARD_FILE: Final = "card.json"  # what a training wrote about itself, its key among it
VERSIONS_KEPT: Final = 2  # the newest, and the one before it for requests in flight and for going back
_VERSION: Final = re.compile("[1-9][0-9]*")  # as Triton reads folder names


def model_versions(repository: Path, model: str) -> tuple[int, ...]:
    """The published versions of a model, oldest first; other folders, half-written ones too, don't count."""
    folder = repository / model
    if not folder.is_dir():
        return ()
    names = (path.name for path in folder.iterdir() if (path / MODEL_FILE).is_file())
    return tuple(
        sorted(int(name) for name in names if name.isascii() and name.isdecimal() and name[0] != "0")
    )


def version_folder(repository: Path, model: str, version: int) -> Path:
    """The folder that holds a version's graph and its feature specification."""
    return repository / model / str(version)
