"""What OpenSearch's home is made of: its minimal distribution, its k-NN plugin and our way to start it."""

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from ranker.engine import maven
from ranker.engine.home import PLUGINS, Recipe, install_plugin
from ranker.engine.jars import make_jar
from ranker.engine.java import Jdk

VERSION: Final = "3.5.0"
KNN: Final = "opensearch-knn"

ARTIFACTS: Final = (
    maven.Artifact("org.opensearch.distribution.integ-test-zip", "opensearch", VERSION, "zip", alone=True),
    maven.Artifact("org.opensearch.plugin", KNN, f"{VERSION}.0", "zip", alone=True),
)

LAUNCHER: Final = "encore-launcher.jar"

_NEEDED_MEGABYTES: Final = 900  # zips of 200 MB in Maven's local repository and here, 150 MB unpacked
_LAUNCHER: Final = "EncoreLauncher.java"
_LAYOUT: Final = "1"  # raised when the same artifacts are laid out differently

_PARTS: Final = ("agent/", "lib/", "modules/")  # what starts a node; scripts and configuration are ours
# Tools are not started from here, and nothing here looks up an address's country: 80 MB.
_UNUSED: Final = ("lib/tools/", "modules/ingest-geoip/")


def _source() -> Traversable:
    return files("ranker.engine.opensearch.jars").joinpath(_LAUNCHER)


def _content() -> str:
    return "\0".join([_LAYOUT, maven.project(ARTIFACTS), _source().read_text("utf-8")])


def _fill(
    target: Path, jdk: Jdk, environment: Mapping[str, str], progress: Callable[[str], None] | None
) -> None:
    with tempfile.TemporaryDirectory(prefix=".fetched-", dir=target.parent) as folder:
        fetched = Path(folder)
        maven.fetch(ARTIFACTS, fetched, jdk=jdk, environment=environment, progress=progress)
        _unpack(fetched / f"opensearch-{VERSION}.zip", fetched / "unpacked")
        for part in (fetched / "unpacked" / f"opensearch-{VERSION}").iterdir():
            shutil.move(part, target / part.name)
        install_plugin(RECIPE, fetched / f"{KNN}-{VERSION}.0.zip", target / PLUGINS)
    make_jar(jdk, _source(), target / "launcher" / LAUNCHER, manifest={}, class_path=f"{target}/lib/*")


def _unpack(archive: Path, target: Path) -> None:
    with zipfile.ZipFile(archive) as content:
        for name in content.namelist():
            inside = name.partition("/")[2]
            if inside.startswith(_PARTS) and not inside.startswith(_UNUSED):
                content.extract(name, target)


RECIPE: Final = Recipe(
    engine="opensearch",
    title="OpenSearch",
    version=VERSION,
    needed_megabytes=_NEEDED_MEGABYTES,
    content=_content,
    fill=_fill,
)
