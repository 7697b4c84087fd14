"""The supervisor's door: a unix socket, one JSON object a line in, one out.

{"do": "status"}                              → {"pid", "started_ms", "product", "parts": [{"name", …}]}
{"do": "hold", "part": "ranker"}              → {"held": ["ranker"]}; also "seconds", 300 by default
{"do": "release"}                             → {"released": ["engine", …]}; also "part"
{"do": "stop"}                                → {"stopping": true}
anything else                                 → {"error": "… [value] …"}
"""

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ranker.errors import EncoreError
from ranker.settings import Settings

FILE = "supervisor.sock"
MOST_BYTES = 65_536
ANSWER_SECONDS = 10.0

Handler = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


@contextmanager
def _short_path(run: Path) -> Iterator[str]:
    """A path of the socket that fits into the 107 bytes that the kernel allows, however deep the folder."""
    folder = os.open(run, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{FILE}"
    finally:
        os.close(folder)


async def serve(run: Path, handler: Handler) -> asyncio.Server:
    """Listens in the folder `run`, replacing a socket that a kill left behind."""
    (run / FILE).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with _short_path(run) as path:
        listener.bind(path)
    (run / FILE).chmod(0o600)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                reply = await _reply(line, handler)
                writer.write(json.dumps(reply).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):  # the peer left, or its line has no end
            pass
        finally:
            writer.close()

    return await asyncio.start_unix_server(answer, sock=listener, limit=MOST_BYTES)


async def _reply(line: bytes, handler: Handler) -> dict[str, Any]:
    try:
        request = json.loads(line)
    except ValueError:
        return {
            "error": f"[{line[:200].decode('utf-8', 'replace').strip()}] is not JSON: send one object a line"
        }
    if not isinstance(request, dict):
        return {"error": f'[{request}] is not an object: send {{"do": "status"}}'}
    try:
        return await handler(request)
    except EncoreError as error:
        return {"error": str(error)}


def ask(settings: Settings, request: dict[str, Any]) -> dict[str, Any]:
    """Sends one request to the running supervisor and returns its answer.

    Raises:
        EncoreError: Nothing runs in this data folder, or the request was refused.
    """
    try:
        with (
            _short_path(settings.run) as path,
            socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection,
        ):
            connection.settimeout(ANSWER_SECONDS)
            connection.connect(path)
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as answers:
                line = answers.readline()
    except TimeoutError as error:
        raise EncoreError(
            f"the supervisor of [{settings.data}] did not answer within [{ANSWER_SECONDS:g}] seconds: "
            f"look at [{settings.run / 'supervisor.log'}]"
        ) from error
    except (FileNotFoundError, ConnectionError) as error:
        raise EncoreError(f"nothing runs in [{settings.data}]: start it with 'encore up'") from error
    if not line:
        raise EncoreError(f"nothing runs in [{settings.data}]: start it with 'encore up'")
    answer: dict[str, Any] = json.loads(line)
    if "error" in answer:
        raise EncoreError(answer["error"])
    return answer
