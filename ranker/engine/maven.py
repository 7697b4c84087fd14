"""Fetches artifacts of Maven repositories through the user's own `mvn`, so mirrors and proxies hold."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from ranker.engine.java import Jdk
from ranker.errors import MissingPartError

DEPENDENCY_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
ENOUGH_SECONDS = 1800.0  # the engine is 60 MB; a slow line still makes that in half an hour


@dataclass(frozen=True, order=True)
class Artifact:
    """One thing in a Maven repository, by its coordinates.

    Attributes:
        group: "org.elasticsearch".
        name: "elasticsearch".
        version: "9.5.3".
        kind: "jar" or "zip".
        alone: Leave out what it depends on.
    """

    group: str
    name: str
    version: str
    kind: str = "jar"
    alone: bool = False


def find_maven(environment: Mapping[str, str]) -> Path:
    """The `mvn` in PATH.

    Raises:
        MissingPartError: There is none.
    """
    found = shutil.which("mvn", path=environment.get("PATH", ""))
    if found is None:
        raise MissingPartError("no Maven: [mvn] is not in PATH; install it (Debian: apt install maven)")
    return Path(found)


def project(artifacts: Iterable[Artifact]) -> str:
    """The text of a pom.xml that depends on `artifacts` and does nothing else."""
    lines = [
        "<project>",
        "  <modelVersion>4.0.0</modelVersion>",
        "  <groupId>org.encore</groupId><artifactId>fetch</artifactId><version>1</version>",
        "  <packaging>pom</packaging>",
        "  <dependencies>",
    ]
    for artifact in artifacts:
        exclusions = (
            "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>"
            if artifact.alone
            else ""
        )
        lines.append(
            f"    <dependency><groupId>{escape(artifact.group)}</groupId>"
            f"<artifactId>{escape(artifact.name)}</artifactId><version>{escape(artifact.version)}</version>"
            f"<type>{escape(artifact.kind)}</type>{exclusions}</dependency>"
        )
    return "\n".join([*lines, "  </dependencies>", "</project>", ""])


def fetch(
    artifacts: Iterable[Artifact],
    target: Path,
    *,
    jdk: Jdk,
    environment: Mapping[str, str],
    progress: Callable[[str], None] | None = None,
) -> None:
    """Copies `artifacts`, and what they need at run time, into the folder `target`, file names unchanged.

    Works without a network when the local repository already holds everything: that is tried first.

    Raises:
        MissingPartError: No Maven, or the download failed (the first cause is in the message).
    """
    maven = find_maven(environment)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="encore-fetch-") as folder:
        pom = Path(folder) / "pom.xml"
        pom.write_text(project(artifacts), "utf-8")
        goal = [
            f"{DEPENDENCY_PLUGIN}:copy-dependencies",
            f"-DoutputDirectory={target}",
            "-DincludeScope=runtime",
        ]
        if run(maven, pom, ["-o", *goal], jdk=jdk, environment=environment).returncode == 0:
            return
        if progress is not None:
            progress("downloading from Maven's repository")
        done = run(maven, pom, goal, jdk=jdk, environment=environment)
        if done.returncode != 0:
            raise MissingPartError(failure("download", done.stdout))


def run(
    maven: Path, pom: Path, arguments: list[str], *, jdk: Jdk, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Runs Maven in batch mode on `pom` with that JDK; output and errors together in `stdout`.

    Raises:
        MissingPartError: It took longer than half an hour.
    """
    command = [str(maven), "-B", "-q", "-Dstyle.color=never", "-f", str(pom), *arguments]
    try:
        return subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
            check=False,
            timeout=ENOUGH_SECONDS,
            env={**environment, "JAVA_HOME": str(jdk.home)},
        )
    except subprocess.TimeoutExpired as error:
        raise MissingPartError(
            f"Maven did not finish within [{ENOUGH_SECONDS:.0f}] seconds: look at the network and try again"
        ) from error


def failure(what: str, output: str) -> str:
    """One sentence for Maven's pages of output: the first error line, and what to do about it."""
    errors = [line.removeprefix("[ERROR]").strip() for line in output.splitlines() if "[ERROR]" in line]
    cause = next((line for line in errors if line), output.strip().splitlines()[-1:] or "no output")
    text = cause if isinstance(cause, str) else cause[0]
    if "No space left on device" in output:
        return f"Maven's {what} failed because the disk is full: free some space and try again"
    cut = text if len(text) <= 400 else text[:400] + "…"
    return f"Maven's {what} failed: [{cut}]; look at the network or Maven's settings.xml and try again"
