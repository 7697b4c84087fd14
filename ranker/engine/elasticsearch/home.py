"""What Elasticsearch's home is made of.

The parts of the stock distribution that Maven does not have are two tiny jars, which are compiled here from
the sources beside this file.
"""

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from ranker.engine import maven
from ranker.engine.home import PLUGINS, Recipe
from ranker.engine.jars import make_jar
from ranker.engine.java import Jdk

VERSION: Final = "9.5.3"

ARTIFACTS: Final = (
    maven.Artifact("org.elasticsearch", "elasticsearch", VERSION),
    maven.Artifact("org.elasticsearch.plugin", "transport-netty4", VERSION),
    maven.Artifact("org.elasticsearch", "elasticsearch-entitlement-bridge", VERSION, alone=True),
)

TRANSPORT: Final = "transport-netty4"
_NEEDED_MEGABYTES: Final = 300  # the home is 57 MB, the local Maven repository holds it once more

_AGENT: Final = "EntitlementAgent.java"
_CONSOLE: Final = "AnsiConsoleLoader.java"
_LAYOUT: Final = "1"  # raised when the same artifacts are laid out differently


def _sources() -> Traversable:
    return files("ranker.engine.elasticsearch.jars")


def _content() -> str:
    parts = [_LAYOUT, maven.project(ARTIFACTS)]
    parts += [_sources().joinpath(name).read_text("utf-8") for name in (_AGENT, _CONSOLE)]
    return "\0".join(parts)


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
    (target / PLUGINS).mkdir()
    agent = {"Agent-Class": "org.encore.entitlement.EntitlementAgent", "Can-Retransform-Classes": "true"}
    agent_jar = target / "lib" / "entitlement-agent" / "encore-entitlement-agent.jar"
    make_jar(jdk, _sources().joinpath(_AGENT), agent_jar, manifest=agent)
    console_jar = target / "lib" / "tools" / "ansi-console" / "encore-ansi-console.jar"
    make_jar(jdk, _sources().joinpath(_CONSOLE), console_jar, manifest={})


def _place(jar: str) -> str:
    if jar.startswith("elasticsearch-entitlement-bridge-"):
        return "lib/entitlement-bridge"
    if jar.startswith(("netty-", "transport-netty4-", "elasticsearch-ssl-config-")):
        return f"modules/{TRANSPORT}"
    return "lib"


RECIPE: Final = Recipe(
    engine="elasticsearch",
    title="Elasticsearch",
    version=VERSION,
    needed_megabytes=_NEEDED_MEGABYTES,
    content=_content,
    fill=_fill,
)
