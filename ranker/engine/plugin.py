"""Builds an engine's plugin zip from `es_plugin/`, once for each state of its sources."""

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ranker.engine.disk import disk_errors, whole_folder
from ranker.engine.java import OLDEST, Jdk, inspect
from ranker.engine.maven import failure, find_maven, run
from ranker.errors import MissingPartError
from ranker.settings import PROJECT, Engine, Settings

SOURCES = PROJECT / "es_plugin"
SHARED = "core"  # the module that every engine's zip holds
SHOWN_ERRORS = 3  # the first errors of a compiler are the cause, the rest mostly follow from them

_COMPILER_ERROR = re.compile(
    r"^\[ERROR\] \S*?/((?:core|elasticsearch|opensearch)/src/\S+\.java:\[\d+,\d+\] .+)$", re.MULTILINE
)


def plugin_zip(
    settings: Settings,
    java_home: Path,
    progress: Callable[[str], None] | None = None,
    *,
    engine: Engine | None = None,
    sources: Path = SOURCES,
    environment: Mapping[str, str] | None = None,
) -> Path:
    """The zip that a stock install takes, built by Maven if these sources were not built before.

    The name of its folder in the cache is a hash of the sources without tests, so an edit builds anew and
    going back finds the old zip. Maven works on a copy: builds beside each other don't meet.

    Args:
        settings: Names the cache and the engine.
        java_home: A JDK of 21 or later.
        progress: Told what takes time.
        engine: Whose plugin, by default that of the settings; only its module and what it needs are built.
        sources: The folder of the plugin's parent pom.
        environment: Variables for Maven; by default those of this process, as any child gets.

    Returns:
        The path of `encore-ENGINE-VERSION.zip`.

    Raises:
        MissingPartError: No JDK at `java_home`, no Maven, no sources, a full disk or a failed build.
    """
    engine = engine or settings.engine
    target = settings.cache_path / "plugin" / source_hash(sources, engine)
    with disk_errors(settings.cache_path):
        built = next(target.glob("*.zip"), None)
        if built is not None:
            return built
        jdk = _jdk(java_home)
        inherited = dict(os.environ) if environment is None else dict(environment)
        maven = find_maven(inherited)
        with whole_folder(target) as temporary:
            if temporary is not None:
                if progress is not None:
                    progress(f"building the plugin for {engine}")
                _build(engine, sources, temporary, maven, jdk, inherited)
    return next(target.glob("*.zip"))


def source_hash(sources: Path = SOURCES, engine: Engine = "elasticsearch") -> str:
    """The first 16 hex digits of a SHA-256 over names and contents of what the zip is made from.

    Raises:
        MissingPartError: `sources` holds no pom.xml.
    """
    if not (sources / "pom.xml").is_file():
        raise MissingPartError(
            f"no plugin sources at [{sources}]: work from a checkout, installed with `pip install -e`"
        )
    digest = hashlib.sha256(f"{engine}\0".encode())
    for path in sorted(_inputs(engine, sources)):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(sources).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def _inputs(engine: Engine, sources: Path) -> Iterator[Path]:
    """The poms of all modules, without which Maven reads none, and the sources of those that are built."""
    yield sources / "pom.xml"
    for module in sources.iterdir():
        if (module / "pom.xml").is_file():
            yield module / "pom.xml"
            if module.name in (SHARED, engine):
                yield from (path for path in (module / "src" / "main").rglob("*") if path.is_file())


def _jdk(java_home: Path) -> Jdk:
    jdk = inspect(java_home)
    if jdk is None or jdk.version < OLDEST:
        raise MissingPartError(f"no JDK of version {OLDEST} or later at [{java_home}]: set JAVA_HOME to one")
    return jdk


def _build(
    engine: Engine, sources: Path, folder: Path, maven: Path, jdk: Jdk, environment: Mapping[str, str]
) -> None:
    """Runs Maven on a copy of `sources` inside `folder`, and leaves the zip alone there."""
    copy = folder / "build"
    for path in _inputs(engine, sources):
        place = copy / path.relative_to(sources)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    goal = ["-pl", engine, "-am", "-Dmaven.test.skip=true", "package"]
    done = run(maven, copy / "pom.xml", ["-o", *goal], jdk=jdk, environment=environment)
    if done.returncode != 0 and not compiler_errors(done.stdout):
        done = run(maven, copy / "pom.xml", goal, jdk=jdk, environment=environment)
    if done.returncode != 0:
        errors = compiler_errors(done.stdout)
        if not errors:
            raise MissingPartError(failure("build of the plugin", done.stdout))
        raise MissingPartError(
            f"the plugin in [{sources}] does not compile: [{'; '.join(errors)}]; mend these first"
        )
    for built in copy.glob(f"{engine}/target/encore-{engine}-*.zip"):
        built.rename(folder / built.name)
    shutil.rmtree(copy)


def compiler_errors(output: str) -> list[str]:
    """The first errors of the Java compiler in Maven's output, each once: "core/src/…java:[3,7] …"."""
    return list(dict.fromkeys(_COMPILER_ERROR.findall(output)))[:SHOWN_ERRORS]
