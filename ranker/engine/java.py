"""Finds a JDK that is new enough, because the default `java` of a machine often is not."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ranker.errors import MissingPartError

OLDEST = 21  # both engines and the plugin are compiled for it
SPARK = range(17, 22)
"""Releases that Spark 4.0 runs on; a runtime without a compiler is enough for it."""

USUAL_FOLDERS = (
    "/usr/lib/jvm/*",
    "/usr/java/*",
    "/usr/local/java/*",
    "/opt/*",
    "/opt/java/*",
    "/Library/Java/JavaVirtualMachines/*/Contents/Home",
    "~/.sdkman/candidates/java/*",
    "~/.jdks/*",
    "~/.asdf/installs/java/*",
)

_RELEASE = re.compile(r'^JAVA_VERSION="(?:1\.)?(\d+)', re.MULTILINE)
_PRINTED = re.compile(r'version "(?:1\.)?(\d+)')


@dataclass(frozen=True)
class Jdk:
    """A JDK on this machine.

    Attributes:
        home: The folder that JAVA_HOME would name.
        version: Its feature release: 21, 25.
    """

    home: Path
    version: int

    @property
    def java(self) -> Path:
        """The launcher of programs."""
        return self.home / "bin" / "java"

    @property
    def javac(self) -> Path:
        """The compiler, which tells a JDK from a mere runtime."""
        return self.home / "bin" / "javac"

    @property
    def jar(self) -> Path:
        """The archiver."""
        return self.home / "bin" / "jar"


def find_jdk(environment: Mapping[str, str], folders: Iterable[str] = USUAL_FOLDERS) -> Jdk:
    """The JDK to use: JAVA_HOME, else the one in PATH, else the newest of the usual folders.

    Args:
        environment: Variables of the process, of which JAVA_HOME, PATH and HOME are looked at.
        folders: Glob patterns of homes.

    Raises:
        MissingPartError: None is a JDK of 21 or later; the message lists what was seen.
    """
    seen: list[Jdk] = []
    for home in _preferred(environment):
        jdk = inspect(home)
        if jdk is not None:
            if jdk.version >= OLDEST:
                return jdk
            seen.append(jdk)
    rest = [jdk for home in _usual(environment, folders) if (jdk := inspect(home)) is not None]
    fit = [jdk for jdk in rest if jdk.version >= OLDEST]
    if fit:
        return max(fit, key=lambda jdk: (jdk.version, str(jdk.home)))
    raise MissingPartError(
        f"no JDK of version {OLDEST} or later ({_found(seen + rest)} in JAVA_HOME, PATH and the usual"
        f" folders): install one, for instance Temurin 25, or set JAVA_HOME to it"
    )


def find_spark_java(environment: Mapping[str, str], folders: Iterable[str] = USUAL_FOLDERS) -> Jdk:
    """The Java for Spark: JAVA_HOME or the one in PATH if it fits, else the newest of the usual folders.

    Args:
        environment: Variables of the process, of which JAVA_HOME, PATH and HOME are looked at.
        folders: Glob patterns of homes.

    Raises:
        MissingPartError: None is of a release that Spark runs on; the message lists what was seen.
    """
    preferred = [jdk for home in _preferred(environment) if (jdk := inspect(home, compiler=False))]
    rest = [jdk for home in _usual(environment, folders) if (jdk := inspect(home, compiler=False))]
    rest.sort(key=lambda jdk: (jdk.version, str(jdk.home)), reverse=True)
    for jdk in (*preferred, *rest):
        if jdk.version in SPARK:
            return jdk
    raise MissingPartError(
        f"no Java of version {SPARK[0]} to {SPARK[-1]} ({_found(preferred + rest)} in JAVA_HOME, PATH and the"
        f" usual folders), which Spark needs: install one, or run with --backend duckdb"
    )


def _found(seen: list[Jdk]) -> str:
    versions = sorted({str(jdk.version) for jdk in seen})
    return f"found only [{', '.join(versions)}]" if versions else "found none"


def inspect(home: Path, *, compiler: bool = True) -> Jdk | None:
    """The JDK at `home`, or None: no compiler there though one is needed, or a version nobody can read."""
    programs = ("java", "javac") if compiler else ("java",)
    if not all((home / "bin" / program).is_file() for program in programs):
        return None
    version = _version_of_release_file(home) or _version_printed(home)
    return Jdk(home, version) if version else None


def _preferred(environment: Mapping[str, str]) -> Iterator[Path]:
    if environment.get("JAVA_HOME"):
        yield Path(environment["JAVA_HOME"])
    for program in ("javac", "java"):
        found = shutil.which(program, path=environment.get("PATH", ""))
        if found:
            yield Path(found).resolve().parent.parent


def _usual(environment: Mapping[str, str], folders: Iterable[str]) -> Iterator[Path]:
    homes: set[Path] = set()
    for pattern in folders:
        if pattern.startswith("~"):
            if "HOME" not in environment:
                continue
            pattern = environment["HOME"] + pattern[1:]  # noqa: PLW2901
        root = Path(pattern[: pattern.index("*")])
        if root.is_dir():
            homes |= {path.resolve() for path in root.glob(pattern[pattern.index("*") :])}
    yield from sorted(homes)


def _version_of_release_file(home: Path) -> int | None:
    try:
        found = _RELEASE.search((home / "release").read_text("utf-8", errors="replace"))
    except OSError:
        return None
    return int(found.group(1)) if found else None


def _version_printed(home: Path) -> int | None:
    try:
        answer = subprocess.run(
            [str(home / "bin" / "java"), "-version"],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
            env={"PATH": os.defpath},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _PRINTED.search(answer.stderr + answer.stdout)
    return int(found.group(1)) if found else None
