"""The command line that starts OpenSearch's JVM: the stock flags, the heap and folders of ours."""

from pathlib import Path
from typing import Final

from ranker.engine.home import EngineHome
from ranker.engine.java import Jdk
from ranker.engine.opensearch.home import LAUNCHER

MAIN: Final = "org.opensearch.bootstrap.EncoreLauncher"


def java_command(
    jdk: Jdk, home: EngineHome, *, config: Path, temporary: Path, heap_megabytes: int
) -> tuple[str, ...]:
    """Program and arguments of a node.

    Args:
        jdk: Runs it.
        home: The engine's home.
        config: The node's configuration folder (log4j2.properties, dictionaries).
        temporary: A folder for the JVM's temporary files, writable.
        heap_megabytes: Smallest and largest heap: one size, so that it never has to grow under load.
    """
    return (
        str(jdk.java),
        f"-Xms{heap_megabytes}m",
        f"-Xmx{heap_megabytes}m",
        "-Xss1m",
        "-XX:+UseG1GC",  # the JVM would pick the serial collector on a machine with little memory
        # As in the stock distribution: the breaker counts garbage too, and where that fills the heap it
        # refuses everything.
        "-XX:G1ReservePercent=25",
        "-XX:InitiatingHeapOccupancyPercent=30",
        "-XX:+ExitOnOutOfMemoryError",  # a node without memory is no node: die and be restarted
        "-XX:-OmitStackTraceInFastThrow",
        f"-XX:ErrorFile={temporary / 'jvm-error-%p.log'}",
        f"-Djava.io.tmpdir={temporary}",
        "-Dfile.encoding=UTF-8",
        "-Djava.awt.headless=true",
        "-Djava.locale.providers=SPI,CLDR",
        "-Djna.nosys=true",
        "-Dlog4j2.disable.jmx=true",
        "-Dlog4j.shutdownHookEnabled=false",  # the launcher closes the log itself, last
        "-Dio.netty.noUnsafe=true",
        "-Dio.netty.noKeySetOptimization=true",
        "-Dio.netty.recycler.maxCapacityPerThread=0",
        "-Dio.netty.allocator.numDirectArenas=0",
        # Policies: the engine's agent asks them where newer JVMs have no security manager any more.
        f"-javaagent:{home.path / 'agent' / 'opensearch-agent.jar'}",
        "--add-modules=jdk.incubator.vector",  # Lucene's SIMD code
        "--enable-native-access=ALL-UNNAMED",
        "-Dorg.apache.lucene.store.MMapDirectory.sharedArenaMaxPermits=1",
        f"-Dopensearch.path.home={home.path}",
        f"-Dopensearch.path.conf={config}",
        "-Dopensearch.distribution.type=zip",
        "-Dopensearch.bundled_jdk=false",
        "-cp",
        f"{home.path / 'launcher' / LAUNCHER}:{home.path / 'lib'}/*",
        MAIN,
    )
