"""A ranker that scores with nothing: what is left of a fine rank is the plugin, the hop and the wire.

`python -m ranker.evaluation.empty_ranker --port N`: a process of its own, on the service's server and wire.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

import numpy as np
import typer
import uvicorn
import uvloop

from ranker.errors import EncoreError
from ranker.serving import wire
from ranker.serving.http import Receive, Reply, Request, Scope, Send

_HOST: Final = "127.0.0.1"
_START_SECONDS: Final = 20.0
_STOP_SECONDS: Final = 10.0


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Every candidate is good; the engine's own order stays."""
    request = Request.of(scope, receive)
    content_type = request.headers.get("content-type", "")
    asked = wire.decode_request(await request.body(wire.MOST_BYTES), content_type)
    coarse = np.maximum(asked.coarse.astype(np.float64), 0.0)
    answer = wire.ScoreAnswer(
        request_id=asked.meta.request_id,
        tier=np.full(len(asked.ids), 3, np.uint8),
        u=coarse / (1.0 + coarse),
        versions={},
        generation=asked.meta.generation,
        marks=["scored"],
    )
    body, kind = wire.encode_answer(answer, asked.ids, request.headers.get("accept") or content_type)
    await Reply(200, body, kind, {"x-encore-request-id": answer.request_id}).send(send)


@contextmanager
def empty_ranker() -> Iterator[str]:
    """Run one beside this process; yields its address.

    Raises:
        EncoreError: It did not come up.
    """
    with socket.socket() as free:
        free.bind((_HOST, 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", __spec__.name, "--port", str(port)])
    try:
        _wait(process, port)
        yield f"http://{_HOST}:{port}"
    finally:
        process.terminate()
        process.wait(_STOP_SECONDS)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as door:
            if door.connect_ex((_HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise EncoreError(f"the empty ranker did not listen on [{_HOST}:{port}] within [{_START_SECONDS:.0f}] s")


def main(port: Annotated[int, typer.Option(help="Where to listen, on loopback.")]) -> None:
    """Serve until stopped."""
    config = uvicorn.Config(
        app,
        host=_HOST,
        port=port,
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
    )
    uvloop.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    typer.run(main)
