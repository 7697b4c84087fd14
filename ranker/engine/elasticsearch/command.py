"""The command line that starts the engine's JVM. Each flag that looks odd was needed."""

from pathlib import Path

from ranker.engine.elasticsearch.home import VERSION
from ranker.engine.home import EngineHome
from ranker.engine.java import Jdk

MAIN = "org.elasticsearch.server/org.elasticsearch.bootstrap.Elasticsearch"


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
    bridge = home.path / "lib" / "entitlement-bridge" / f"elasticsearch-entitlement-bridge-{VERSION}.jar"
    return (
        str(jdk.java),
        f"-Xms{heap_megabytes}m",
        f"-Xmx{heap_megabytes}m",
        "-XX:+UseG1GC",  # the JVM would pick the serial collector on a machine with little memory
        "-XX:+ExitOnOutOfMemoryError",  # a node without memory is no node: die and be restarted
        "-XX:-OmitStackTraceInFastThrow",
        f"-XX:ErrorFile={temporary / 'jvm-error-%p.log'}",
        f"-Djava.io.tmpdir={temporary}",
        "-Dfile.encoding=UTF-8",
        "-Djava.awt.headless=true",
        "-Djava.locale.providers=CLDR",
        "-Dlog4j2.disable.jmx=true",
        "-Dlog4j.shutdownHookEnabled=false",  # the engine closes its log itself, last
        "-Dio.netty.noUnsafe=true",
        "-Dio.netty.noKeySetOptimization=true",
        "-Dio.netty.recycler.maxCapacityPerThread=0",
        # Entitlements: the engine attaches an agent to itself at boot, which newer JVMs forbid by default.
        "-XX:+EnableDynamicAgentLoading",
        "-Djdk.attach.allowAttachSelf=true",
        f"--patch-module=java.base={bridge}",
        "--add-exports=java.base/org.elasticsearch.entitlement.bridge="
        "org.elasticsearch.entitlement,java.logging,java.net.http,java.naming,jdk.net",
        # Vectors: Lucene's SIMD code, and the engine's look inside it.
        "--add-modules=jdk.incubator.vector",
        "--add-opens=org.apache.lucene.core/org.apache.lucene.codecs.lucene99=org.elasticsearch.server",
        "--add-opens=org.apache.lucene.core/org.apache.lucene.internal.vectorization=org.elasticsearch.server",
        "--enable-native-access=org.elasticsearch.nativeaccess,org.apache.lucene.core,"
        "org.elasticsearch.foreign,org.elasticsearch.foreign.adapter,org.elasticsearch.simdvec",
        f"-Des.path.home={home.path}",
        f"-Des.path.conf={config}",
        "-Des.distribution.type=tar",
        "--module-path",
        str(home.path / "lib"),
        "--add-modules=jdk.net,jdk.management.agent,ALL-MODULE-PATH",
        "-m",
        MAIN,
    )
