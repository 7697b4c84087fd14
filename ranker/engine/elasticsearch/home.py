"""Puts Elasticsearch's home folder together from Maven's artifacts, once for each content.

The parts of the stock distribution that Maven does not have are two tiny jars, which are compiled here from
the sources beside this file. A home holds no configuration and no data, so installations share it.
"""

import hashlib
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path

from ranker.engine import maven
from ranker.engine.disk import disk_errors, link_or_copy, require_space, whole_folder
from ranker.engine.java import OLDEST, Jdk
from ranker.errors import MissingPartError

VERSION = "9.5.3"

ARTIFACTS = (
    maven.Artifact("org.elasticsearch", "elasticsearch", VERSION),
    maven.Artifact("org.elasticsearch.plugin", "transport-netty4", VERSION),
    maven.Artifact("org.elasticsearch", "elasticsearch-entitlement-bridge", VERSION, alone=True),
)

TRANSPORT = "transport-netty4"
NEEDED_MEGABYTES = 300  # the home is 57 MB, the local Maven repository holds it once more

_AGENT = "EntitlementAgent.java"
_CONSOLE = "AnsiConsoleLoader.java"
_LAYOUT = "1"  # raised when the same artifacts are laid out differently


@dataclass(frozen=True)
class EngineHome:
    """A home ready to start.

    Attributes:
        path: The folder that `es.path.home` names; immutable.
        plugins: Names of the installed plugins.
    """

    path: Path
    plugins: tuple[str, ...]


def assemble(
    cache: Path,
    *,
    jdk: Jdk,
    environment: Mapping[str, str],
    plugins: Sequence[Path] = (),
    progress: Callable[[str], None] | None = None,
) -> EngineHome:
    """The home with these plugins, made in `cache` unless it is there already.

    Args:
        cache: The installation's cache folder.
        jdk: Runs Maven and compiles.
        environment: For Maven: PATH, HOME, proxies.
        plugins: Plugin zips as the stock installer would take them.
        progress: Called with what is being done.

    Raises:
        MissingPartError: No Maven, no download, no space.
    """
    engines = cache / "engine"
    with disk_errors(engines):
        base = base_folder(cache)
        if not base.exists():
            require_space(engines, NEEDED_MEGABYTES)
            if progress is not None:
                progress(f"putting Elasticsearch {VERSION} together")
            with whole_folder(base) as target:
                if target is not None:
                    _fill(target, jdk, environment, progress)
        if not plugins:
            return EngineHome(base, ())
        return _with_plugins(base, plugins)


def base_folder(cache: Path) -> Path:
    """Where the home without plugins lies, made or not."""
    return cache / "engine" / f"elasticsearch-{VERSION}-{_content_key()}"


def _content_key() -> str:
    parts = [_LAYOUT, maven.project(ARTIFACTS)]
    parts += [_sources().joinpath(name).read_text("utf-8") for name in (_AGENT, _CONSOLE)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def _sources() -> Traversable:
    return files("ranker.engine.elasticsearch.jars")


def _fill(
    target: Path, jdk: Jdk, environment: Mapping[str, str], progress: Callable[[str], None] | None
) -> None:
    with tempfile.TemporaryDirectory(prefix=".fetched-", dir=target.parent) as folder:
        fetched = Path(folder)
        maven.fetch(ARTIFACTS, fetched, jdk=jdk, environment=environment, progress=progress)
        for jar in sorted(fetched.glob("*.jar")):
            place = target / _place(jar.name)
            place.mkdir(parents=True, exist_ok=True)
            shutil.move(jar, place / jar.name)
    module = target / "modules" / TRANSPORT
    with zipfile.ZipFile(module / f"{TRANSPORT}-{VERSION}.jar") as jar_file:
        for name in ("plugin-descriptor.properties", "entitlement-policy.yaml"):
            (module / name).write_bytes(jar_file.read(f"META-INF/es-plugins/{TRANSPORT}/{name}"))
    (target / "plugins").mkdir()
    agent = {"Agent-Class": "org.encore.entitlement.EntitlementAgent", "Can-Retransform-Classes": "true"}
    _compile(jdk, _AGENT, target / "lib" / "entitlement-agent" / "encore-entitlement-agent.jar", agent)
    _compile(jdk, _CONSOLE, target / "lib" / "tools" / "ansi-console" / "encore-ansi-console.jar", {})


def _place(jar: str) -> str:
    if jar.startswith("elasticsearch-entitlement-bridge-"):
        return "lib/entitlement-bridge"
    if jar.startswith(("netty-", "transport-netty4-", "elasticsearch-ssl-config-")):
        return f"modules/{TRANSPORT}"
    return "lib"


def _compile(jdk: Jdk, source: str, target: Path, manifest: Mapping[str, str]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with as_file(_sources().joinpath(source)) as path, tempfile.TemporaryDirectory() as folder:
        classes = Path(folder) / "classes"
        lines = Path(folder) / "manifest"
        lines.write_text("".join(f"{name}: {value}\n" for name, value in manifest.items()), "utf-8")
        _tool([str(jdk.javac), "--release", str(OLDEST), "-nowarn", "-d", str(classes), str(path)])
        archive = ["--create", "--file", str(target), "--manifest", str(lines), "-C", str(classes), "."]
        _tool([str(jdk.jar), *archive])


def _tool(command: list[str]) -> None:
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=120
    )
    if done.returncode != 0:
        raise MissingPartError(
            f"[{command[0]}] failed with exit code [{done.returncode}]: [{done.stdout.strip()[:400]}]; "
            f"reinstall that JDK or set JAVA_HOME to another"
        )


def _with_plugins(base: Path, plugins: Sequence[Path]) -> EngineHome:
    digest = hashlib.sha256()
    for plugin in plugins:
        digest.update(hashlib.sha256(plugin.read_bytes()).digest())
    home = base.with_name(f"{base.name}-{digest.hexdigest()[:12]}")
    with whole_folder(home) as target:
        if target is not None:
            for part in ("lib", "modules"):
                shutil.copytree(base / part, target / part, copy_function=link_or_copy)
            for plugin in plugins:
                install_plugin(plugin, target / "plugins")
    return EngineHome(home, tuple(sorted(folder.name for folder in (home / "plugins").iterdir())))


def install_plugin(archive: Path, plugins: Path) -> str:
    """Unpacks a plugin's zip into the folder of its name, as the stock installer does; its name.

    Raises:
        MissingPartError: The file is not a plugin for this engine.
    """
    try:
        with zipfile.ZipFile(archive) as content:
            descriptor = _properties(content.read("plugin-descriptor.properties").decode("utf-8"))
            wanted = descriptor.get("elasticsearch.version")
            if wanted != VERSION:
                raise MissingPartError(
                    f"plugin [{archive}] is for Elasticsearch [{wanted}] and the engine is [{VERSION}]: "
                    f"build it again"
                )
            content.extractall(plugins / descriptor["name"])
            return descriptor["name"]
    except (zipfile.BadZipFile, KeyError) as error:
        raise MissingPartError(f"[{archive}] is not a plugin's zip: build es_plugin again") from error


def _properties(text: str) -> dict[str, str]:
    lines = (line.partition("=") for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in lines}
