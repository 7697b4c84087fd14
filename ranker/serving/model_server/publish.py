"""Publishing a version of a model: checked first, visible as a whole, loaded while the old one serves."""

import shutil
import tempfile
from pathlib import Path

from ranker.errors import EncoreError, InvalidInputError
from ranker.serving.model_server.base import ModelServer, ModelServerError
from ranker.serving.model_server.config import ModelConfiguration
from ranker.serving.model_server.graph_check import check_graph
from ranker.serving.model_server.repository import (
    MODEL_FILE,
    VERSIONS_KEPT,
    model_versions,
    version_folder,
)

CONFIGURATION_FILE = "config.pbtxt"


def publish(repository: Path, configuration: ModelConfiguration, source: Path) -> int:
    """Copy a folder into the repository as the next version.

    The copy is complete before it gets its number, so neither a server nor a second publisher ever sees
    half of it. Of the older versions the newest one stays, to go back to. A running server changes
    nothing until it is asked to: see `activate`.

    Args:
        repository: The model repository; the model's folder and `config.pbtxt` are made if missing.
        configuration: The model.
        source: Folder with `model.onnx` and what belongs to it (`specification.json`); stays as it is.

    Returns:
        The version's number.

    Raises:
        InvalidInputError: The graph may not be published; the repository is unchanged.
    """
    if not (source / MODEL_FILE).is_file():
        raise InvalidInputError(f"[{source}] holds no [{MODEL_FILE}]; export the model into it first")
    check_graph(source / MODEL_FILE, configuration)
    write_configuration(repository, configuration)
    folder = repository / configuration.name
    # Triton ignores a folder whose name is no number. It lies beside its goal: renames stay atomic.
    unfinished = Path(tempfile.mkdtemp(prefix=".publishing-", dir=folder))
    try:
        shutil.copytree(source, unfinished, dirs_exist_ok=True)
        unfinished.chmod(0o755)
        version = _take_number(repository, configuration.name, unfinished)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    for old in model_versions(repository, configuration.name)[:-VERSIONS_KEPT]:
        shutil.rmtree(version_folder(repository, configuration.name, old), ignore_errors=True)
    return version


async def activate(server: ModelServer, model: str, version: int, *, timeout_seconds: float = 5.0) -> None:
    """Have a running server load a published version, and see that it answers.

    Calls go on meanwhile: those that name no version, or the version before, are answered throughout.

    Raises:
        ModelServerError: The version could not be loaded or does not answer; the one before still serves.
    """
    await server.load(model)
    loaded = await server.versions(model)
    if version not in loaded:
        raise ModelServerError(
            "not_found",
            f"version [{version}] of model [{model}] was not loaded, {list(loaded)} serve; see the server's "
            f"log",
        )
    await server.probe(model, version=str(version), timeout_seconds=timeout_seconds)


def withdraw(repository: Path, model: str, version: int) -> None:
    """Take a version back; a server goes back to the one before when it is asked to load the model again.

    Raises:
        InvalidInputError: There is no such version, or no other one to go back to.
    """
    versions = model_versions(repository, model)
    if version not in versions:
        raise InvalidInputError(f"model [{model}] has no version [{version}]; it has {list(versions)}")
    if len(versions) == 1:
        raise InvalidInputError(
            f"version [{version}] is the only one of model [{model}]; publish another first"
        )
    folder = version_folder(repository, model, version)
    hidden = Path(tempfile.mkdtemp(prefix=".withdrawn-", dir=folder.parent))
    folder.rename(hidden / folder.name)
    shutil.rmtree(hidden)


def write_configuration(repository: Path, configuration: ModelConfiguration) -> bool:
    """Write the model's `config.pbtxt` if it is missing or differs; returns whether it was written."""
    if not configuration_differs(repository, configuration):
        return False
    target = repository / configuration.name / CONFIGURATION_FILE
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.new")
    unfinished.write_text(configuration.text())
    unfinished.rename(target)
    return True


def configuration_differs(repository: Path, configuration: ModelConfiguration) -> bool:
    """Whether the model's `config.pbtxt` is missing or not what the configuration says."""
    target = repository / configuration.name / CONFIGURATION_FILE
    return not target.is_file() or target.read_text() != configuration.text()


def _take_number(repository: Path, model: str, unfinished: Path) -> int:
    for _ in range(100):  # another publisher may take the same number first
        version = max(model_versions(repository, model), default=0) + 1
        try:
            unfinished.rename(version_folder(repository, model, version))
        except OSError:
            continue
        return version
    raise EncoreError(f"no free version number was found in [{repository / model}]; look for stray folders")
