"""Plugins of one Java file, compiled for a test."""

import subprocess
import zipfile
from pathlib import Path

from ranker.engine.elasticsearch.home import VERSION
from ranker.engine.home import EngineHome
from ranker.engine.java import Jdk

DESCRIPTOR = """\
name={name}
description=A plugin of the tests
version=1
classname={source.stem}
java.version=21
elasticsearch.version={version}
"""


def small_plugin(source: Path, name: str, home: EngineHome, jdk: Jdk, folder: Path) -> Path:
    """The zip of a plugin of the class `source`, compiled against the engine at `home`; it asks no rights."""
    classes = folder / name
    compiler = [str(jdk.javac), "--release", "21", "-nowarn", "-proc:none", "-cp", f"{home.path}/lib/*"]
    subprocess.run([*compiler, "-d", str(classes), str(source)], check=True, capture_output=True)
    jar, archive = folder / f"{name}.jar", folder / f"{name}.zip"
    with zipfile.ZipFile(jar, "w") as opened:
        for compiled in classes.glob("*.class"):
            opened.write(compiled, compiled.name)
    with zipfile.ZipFile(archive, "w") as opened:
        opened.write(jar, jar.name)
        opened.writestr(
            "plugin-descriptor.properties", DESCRIPTOR.format(name=name, source=source, version=VERSION)
        )
    return archive
