"""One machine or a cluster: Spark, by the address of its master."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import ibis

from ranker.errors import EncoreError

LOCAL: Final = "local[*]"
JAVA: Final = (17, 21)
"""Java releases that Spark 4.0 runs on."""

# Spark keeps 300 MB of a heap for itself and refuses one below 450 MB.
LEAST_MEMORY: Final = 512 << 20
# One task holds one of these in memory, and a join or a group-by inflates what Parquet packed.
_BYTES_A_PARTITION: Final = 16 << 20
_LEAST_PARTITIONS: Final = 4
_MOST_PARTITIONS: Final = 2_000
_LOGGING: Final = """rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = spark: %p %c{1}: %m%n
"""


class SparkBackend:
    """A Spark session of this process; there is one a process at a time.

    Args:
        master: `local[*]`, `local[2]`, or a cluster's, whose workers see the files under the same paths.
        memory: Bytes of heap: of this machine's one JVM where the master is local, else of each executor.
        spill: A folder of its own on this machine, made for what doesn't fit and removed at the end.
        java_home: A Java of one of the releases `JAVA`.
    """

    name: Final = "spark"

    def __init__(self, master: str, memory: int, spill: Path, java_home: Path) -> None:
        from pyspark.sql import SparkSession

        spill.mkdir(parents=True, exist_ok=True)
        self._spill = spill
        logging = spill / "log4j2.properties"
        logging.write_text(_LOGGING)
        settings = {
            "spark.log.level": "ERROR",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.warehouse.dir": str(spill / "warehouse"),
            "spark.local.dir": str(spill),
            "spark.sql.parquet.compression.codec": "zstd",
            "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={logging.as_uri()}",
        }
        heap = f"{max(memory, LEAST_MEMORY) >> 20}m"
        if master.startswith("local"):
            settings |= {
                "spark.driver.memory": heap,
                "spark.driver.host": "127.0.0.1",
                "spark.driver.bindAddress": "127.0.0.1",
            }
        else:
            settings["spark.executor.memory"] = heap
        with _environment(JAVA_HOME=str(java_home), SPARK_LOCAL_DIRS=str(spill)):
            builder = SparkSession.builder.master(master).appName("encore statistics")
            self._session = builder.config(map=settings).getOrCreate()
        self._connection = ibis.pyspark.connect(self._session)
        self._bytes = 0

    def read(self, name: str, files: Sequence[Path]) -> Any:
        """See `Backend`."""
        self._bytes += sum(file.stat().st_size for file in files)
        partitions = min(max(self._bytes // _BYTES_A_PARTITION, _LEAST_PARTITIONS), _MOST_PARTITIONS)
        self._session.conf.set("spark.sql.shuffle.partitions", partitions)
        paths = [_address(file) for file in files]
        self._session.read.parquet(*paths).createOrReplaceTempView(name)
        return self._connection.table(name)

    def stage(self, name: str, expression: Any, folder: Path) -> Any:
        """See `Backend`."""
        place = folder / name
        self._save(self._session.sql(self._connection.compile(expression)), place)
        return self.read(name, sorted(place.glob("*.parquet")))

    def write(self, table: Any, keys: Sequence[str], file: Path) -> None:
        """See `Backend`."""
        folder = file.with_name(f".{file.name}.parts")
        frame = self._session.sql(self._connection.compile(table))
        # One file of a table that counts have made small; its one task sorts, and spills where it must.
        self._save(frame.repartition(1).sortWithinPartitions(*keys), folder)
        (part,) = folder.glob("part-*.parquet")
        part.replace(file)
        shutil.rmtree(folder)

    def _save(self, frame: Any, folder: Path) -> None:
        from py4j.protocol import Py4JJavaError
        from pyspark.errors import PySparkException

        try:
            frame.write.mode("overwrite").parquet(_address(folder))
        except (PySparkException, Py4JJavaError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise EncoreError(f"Spark failed: [{str(error).splitlines()[0]}]; its log says more") from None

    def close(self) -> None:
        """See `Backend`."""
        self._session.stop()
        shutil.rmtree(self._spill, ignore_errors=True)


def _address(path: Path) -> str:
    """Of a file on every machine's own disk; Hadoop doesn't read the %3D that a URI would have in day=…."""
    return f"file://{path.absolute()}"


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    """Spark's launcher takes these from the environment only."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
