"""The daemon's process: `python -m ranker.engine.supervisor REPORT`, started by `launch`.

REPORT is the number of an open pipe on which it says, once, in one line of JSON, how its start went.
"""

import asyncio
import json
import logging
import os
import sys
from typing import Any

from ranker.engine import older_layout
from ranker.engine.supervisor.daemon import Supervisor, lock_run
from ranker.engine.supervisor.leftovers import end_leftovers
from ranker.engine.supervisor.parts import parts, prepare
from ranker.errors import EncoreError
from ranker.settings import Settings


def main(report: int) -> None:
    """Runs until told to stop; an `EncoreError` goes to the report, its sentence to the log."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs each probe
    try:
        asyncio.run(_run(Settings(), report))
    except EncoreError as error:
        logging.getLogger(__name__).error("%s", error)
        _say(report, {"error": str(error), "exit_code": error.exit_code})
        sys.exit(error.exit_code)


async def _run(settings: Settings, report: int) -> None:
    lock = lock_run(settings.run)
    try:
        end_leftovers(settings)
        for place in older_layout.move(settings):
            logging.getLogger(__name__).info("moved to [%s], as each engine has a folder of its own", place)
        supervisor = Supervisor(settings, parts(settings, prepare(settings, os.environ)))
        started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        started.add_done_callback(lambda _: _say(report, {"pid": os.getpid()}))
        await supervisor.run(started)
    finally:
        os.close(lock)


def _say(report: int, what: dict[str, Any]) -> None:
    try:
        os.write(report, json.dumps(what).encode() + b"\n")
        os.close(report)
    except OSError:  # whoever started us is gone, or has been told already
        pass


if __name__ == "__main__":
    main(int(sys.argv[1]))
