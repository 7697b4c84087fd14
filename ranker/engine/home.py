"""Puts an engine's home folder together from Maven's artifacts, once for each content.

What differs by engine is its `Recipe`. A home holds no configuration and no data, so installations share it.
"""

import hashlib
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ranker.engine.disk import disk_errors, link_or_copy, require_space, whole_folder
from ranker.engine.java import Jdk
from ranker.errors import MissingPartError
from ranker.settings import Engine

PLUGINS = "plugins"


class Fill(Protocol):
    """Lays out a home's files in an empty folder; its folder of plugins exists afterwards."""

    def __call__(
        self,
        target: Path,
        jdk: Jdk,
        environment: Mapping[str, str],
        progress: Callable[[str], None] | None,
    ) -> None:
        """Raises MissingPartError: no Maven, no download, no compiler."""


@dataclass(frozen=True)
class Recipe:
    """How the home of one engine is made.

    Attributes:
        engine: Its name in settings, and the property of a plugin's descriptor that names its version.
        title: Its name for people.
        version: What is installed.
        needed_megabytes: Free disk before the work.
        content: A text that changes whenever another home would come out.
        fill: Makes it.
    """

    engine: Engine
    title: str
    version: str
    needed_megabytes: int
    content: Callable[[], str]
    fill: Fill

    @property
    def name(self) -> str:
        """For people: "Elasticsearch 9.5.3"."""
        return f"{self.title} {self.version}"

    def base_folder(self, cache: Path) -> Path:
        """Where the home without our plugin lies, made or not."""
        key = hashlib.sha256(self.content().encode()).hexdigest()[:12]
        return cache / "engine" / f"{self.engine}-{self.version}-{key}"


@dataclass(frozen=True)
class EngineHome:
    """A home ready to start.

    Attributes:
        engine: Whose.
        path: The folder; immutable.
        plugins: Names of the installed plugins.
    """

    engine: Engine
    path: Path
    plugins: tuple[str, ...]


def assemble(
    recipe: Recipe,
    cache: Path,
    *,
    jdk: Jdk,
    environment: Mapping[str, str],
    plugins: Sequence[Path] = (),
    progress: Callable[[str], None] | None = None,
) -> EngineHome:
    """The home with these plugins, made in `cache` unless it is there already.

    Args:
        recipe: Of which engine.
        cache: The installation's cache folder.
        jdk: Runs Maven and compiles.
        environment: For Maven: PATH, HOME, proxies.
        plugins: Plugin zips as the stock installer would take them.
        progress: Called with what is being done.

    Raises:
        MissingPartError: No Maven, no download, no space; a zip is no plugin of this engine.
    """
    engines = cache / "engine"
    with disk_errors(engines):
        home = recipe.base_folder(cache)
        if not home.exists():
            require_space(engines, recipe.needed_megabytes)
            if progress is not None:
                progress(f"putting {recipe.name} together")
            with whole_folder(home) as target:
                if target is not None:
                    recipe.fill(target, jdk, environment, progress)
        if plugins:
            home = _with_plugins(recipe, home, plugins)
    return EngineHome(recipe.engine, home, tuple(sorted(f.name for f in (home / PLUGINS).iterdir())))


def _with_plugins(recipe: Recipe, base: Path, plugins: Sequence[Path]) -> Path:
    digest = hashlib.sha256()
    for plugin in plugins:
        digest.update(hashlib.sha256(plugin.read_bytes()).digest())
    home = base.with_name(f"{base.name}-{digest.hexdigest()[:12]}")
    with whole_folder(home) as target:
        if target is not None:
            for part in base.iterdir():
                shutil.copytree(part, target / part.name, copy_function=link_or_copy)
            for plugin in plugins:
                install_plugin(recipe, plugin, target / PLUGINS)
    return home


def install_plugin(recipe: Recipe, archive: Path, plugins: Path) -> str:
    """Unpacks a plugin's zip into the folder of its name, as the stock installer does; its name.

    Raises:
        MissingPartError: The file is not a plugin for this engine.
    """
    try:
        with zipfile.ZipFile(archive) as content:
            descriptor = properties(content.read("plugin-descriptor.properties").decode("utf-8"))
            wanted = descriptor.get(f"{recipe.engine}.version")
            if wanted != recipe.version:
                raise MissingPartError(
                    f"plugin [{archive}] is for {recipe.title} [{wanted}] and the engine is "
                    f"[{recipe.version}]: build it again"
                )
            content.extractall(plugins / descriptor["name"])
            return descriptor["name"]
    except (zipfile.BadZipFile, KeyError) as error:
        raise MissingPartError(f"[{archive}] is not a plugin's zip: build es_plugin again") from error


def properties(text: str) -> dict[str, str]:
    """The names and values of a plugin's descriptor."""
    lines = (line.partition("=") for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in lines}
