"""The distribution of OpenSearch as its makers pack it: their scripts install, configure and start."""

import os
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from ranker.engine import maven
from ranker.engine.java import Jdk
from ranker.engine.opensearch.home import ARTIFACTS
from ranker.engine.ports import any_free

START_SECONDS = 120
LIFE_SECONDS = 600  # should nobody stop it
UNUSED = ("/lib/tools/fips-demo-installer-cli/", "/modules/ingest-geoip/")
SETTINGS = """\
cluster.name: stock
discovery.type: single-node
http.port: {port}
transport.port: 0
cluster.routing.allocation.disk.threshold_enabled: false
"""


class StockOpenSearch:
    """An unpacked distribution; its node refuses to run as root and then runs as somebody else.

    Attributes:
        home: Its folder.
    """

    def __init__(self, home: Path, jdk: Jdk) -> None:
        self.home = home
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "OPENSEARCH_JAVA_HOME": str(jdk.home),
            "OPENSEARCH_JAVA_OPTS": "-Xms512m -Xmx512m",
        }

    def run(self, script: str, *arguments: str, stdin: str = "", check: bool = True) -> str:
        """What a script of its `bin` says, both outputs together."""
        done = subprocess.run(
            [str(self.home / "bin" / script), *arguments],
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self._environment,
            check=False,
            timeout=120,
        )
        assert not check or done.returncode == 0, done.stdout
        return done.stdout

    @contextmanager
    def started(self) -> Iterator[httpx.Client]:
        """Its node, as long as it is needed."""
        port = any_free()
        (self.home / "config" / "opensearch.yml").write_text(SETTINGS.format(port=port), "utf-8")
        output = self.home / "logs" / "output"
        somebody = {}
        if os.getuid() == 0:
            somebody = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            self._give_to("nobody")
        with (
            output.open("wb") as out,
            subprocess.Popen(
                ["timeout", str(LIFE_SECONDS), str(self.home / "bin" / "opensearch")],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=self._environment,
                **somebody,
            ) as process,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as http,
        ):
            try:
                _wait(http, process, output)
                yield http
            finally:
                process.terminate()  # `timeout` tells the node
                process.wait(60)

    def _give_to(self, user: str) -> None:
        for path in (self.home, *self.home.rglob("*")):
            shutil.chown(path, user)


def _wait(http: httpx.Client, process: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, output.read_text(errors="replace")[-4000:]
        try:
            if http.get("/_cluster/health?wait_for_status=yellow&timeout=1s").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(output.read_text(errors="replace")[-4000:])


@contextmanager
def stock_opensearch(jdk: Jdk) -> Iterator[StockOpenSearch]:
    """A fresh one, in a folder that every user may enter."""
    with tempfile.TemporaryDirectory(prefix="encore-stock-") as folder:
        Path(folder).chmod(0o755)
        maven.fetch(ARTIFACTS[:1], Path(folder), jdk=jdk, environment=os.environ)
        (archive,) = Path(folder).glob("*.zip")
        with zipfile.ZipFile(archive) as content:
            for entry in content.infolist():
                if not any(part in entry.filename for part in UNUSED):
                    path = Path(content.extract(entry, folder))
                    path.chmod(path.stat().st_mode | entry.external_attr >> 16 & 0o777)
        archive.unlink()
        (home,) = Path(folder).iterdir()
        yield StockOpenSearch(home, jdk)
