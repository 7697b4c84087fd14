"""Follows a journal into Valkey: `python -m tests.contract.online_store.follower URL LOG PATH`."""

import asyncio
import sys
from pathlib import Path

import msgspec

from ranker.catalog import journal
from ranker.catalog.event import Event
from ranker.features.online.projection import Projector
from ranker.features.online.valkey_store import ValkeyStore

decode = msgspec.json.Decoder(Event).decode


def read(path):
    return lambda after: ((end, decode(payload)) for end, payload in journal.read(path, after))


async def main(url, log, path):
    projector = Projector(ValkeyStore(url, log, 5.0, 5.0), read(path), 0)
    running = asyncio.create_task(projector.run())
    while not running.done():
        projector.committed(path.stat().st_size)
        await asyncio.sleep(0.005)
    await running


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
