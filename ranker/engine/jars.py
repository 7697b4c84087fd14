"""Compiles a jar of one Java file: what a home needs and Maven does not have."""

import subprocess
import tempfile
from collections.abc import Mapping
from importlib.resources import as_file
from importlib.resources.abc import Traversable
from pathlib import Path

from ranker.engine.java import OLDEST, Jdk
from ranker.errors import MissingPartError


def make_jar(
    jdk: Jdk, source: Traversable, target: Path, *, manifest: Mapping[str, str], class_path: str = ""
) -> None:
    """Compiles `source` against `class_path` and packs its classes as the jar `target`.

    Raises:
        MissingPartError: The JDK's compiler or archiver failed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with as_file(source) as path, tempfile.TemporaryDirectory() as folder:
        classes = Path(folder) / "classes"
        lines = Path(folder) / "manifest"
        lines.write_text("".join(f"{name}: {value}\n" for name, value in manifest.items()), "utf-8")
        options = ["--release", str(OLDEST), "-nowarn", "-proc:none", "-d", str(classes)]
        if class_path:
            options += ["-cp", class_path]
        _tool([str(jdk.javac), *options, str(path)])
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
