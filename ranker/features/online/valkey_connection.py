"""Two commands on Valkey or Redis, alike for one server and for a cluster: read keys, and swap if unmoved."""

from collections.abc import Sequence
from typing import Any, Final, Protocol

from valkey.asyncio import Valkey, ValkeyCluster
from valkey.asyncio.retry import Retry
from valkey.backoff import NoBackoff

# Atomic, as all scripts are; a log (AOF) and replicas get it as one transaction.
_SWAP: Final = """
if (redis.call('GET', KEYS[1]) or '0') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
for i = 2, #KEYS do redis.call('SET', KEYS[i], ARGV[2 * i], 'EX', ARGV[2 * i - 1]) end
return 1
"""
Value = tuple[str, int, bytes]
"""Key, seconds that it lives without another write, bytes."""


class Swap:
    """Write values of one partition where its position still is what was read.

    Args:
        position_key: Of the partition; the values' keys have the same hash tag.
        before: The position that was read.
        after: The position that the values stand for.
        values: What to write.
    """

    def __init__(self, position_key: str, before: int, after: int, values: Sequence[Value]) -> None:
        self.arguments: tuple[Any, ...] = (
            _SWAP,
            1 + len(values),
            position_key,
            *(key for key, _, _ in values),
            str(before),
            str(after),
            *(part for _, seconds, data in values for part in (seconds, data)),
        )


class Connection(Protocol):
    """To a server or a cluster."""

    async def read(self, keys: Sequence[str]) -> list[bytes | None]:
        """The keys' values, in one round trip."""
        ...

    async def swap(self, swaps: Sequence[Swap]) -> bool:
        """Do the swaps, each whole or not at all; whether all were done."""
        ...

    async def close(self) -> None:
        """Disconnect."""
        ...


async def connect(url: str, seconds: float) -> Connection:
    """Connect to whatever answers at `url`.

    Args:
        url: `valkey://[user:password@]host:port[/database]`, or `valkeys://` over TLS; of a cluster any node.
        seconds: A command's deadline.
    """
    # An idle connection may be dead: one more try. A swap that was done already is refused at the second.
    options: dict[str, Any] = {
        "socket_timeout": seconds,
        "socket_connect_timeout": seconds,
    }
    server = Valkey.from_url(url, retry=Retry(NoBackoff(), 1), **options)
    try:
        about = await server.info("server")
        clustered = about.get("server_mode", about.get("redis_mode")) == "cluster"
    except BaseException:
        await server.aclose()
        raise
    if not clustered:
        return _Server(server)
    await server.aclose()
    return _Cluster(ValkeyCluster.from_url(url, **options))


class _Server:
    def __init__(self, server: Any) -> None:
        self._server = server

    async def read(self, keys: Sequence[str]) -> list[bytes | None]:
        found: list[bytes | None] = await self._server.mget(keys)
        return found

    async def swap(self, swaps: Sequence[Swap]) -> bool:
        # One transaction, so that whoever reads sees all partitions at one position.
        async with self._server.pipeline(transaction=True) as commands:
            for swap in swaps:
                commands.eval(*swap.arguments)
            return all(await commands.execute())

    async def close(self) -> None:
        await self._server.aclose()


class _Cluster:
    def __init__(self, cluster: Any) -> None:
        self._cluster = cluster

    async def read(self, keys: Sequence[str]) -> list[bytes | None]:
        found: list[bytes | None] = await self._cluster.mget_nonatomic(keys)  # all nodes at once
        return found

    async def swap(self, swaps: Sequence[Swap]) -> bool:
        done = [bool(await self._cluster.eval(*swap.arguments)) for swap in swaps]
        return all(done)

    async def close(self) -> None:
        await self._cluster.aclose()
