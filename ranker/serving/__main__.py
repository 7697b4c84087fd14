"""The ranker's process: `python -m ranker.serving --port N [--model-server HOST:PORT]`."""

import asyncio
import logging
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
import uvloop

from ranker.errors import EncoreError
from ranker.ranking.formula import Formula
from ranker.serving.app import App
from ranker.serving.breaker import Breaker
from ranker.serving.doors import Door
from ranker.serving.events import EventReceiver, wall_clock_milliseconds
from ranker.serving.generations import Generations, HeldGeneration
from ranker.serving.health import ModelHealth
from ranker.serving.metrics import Metrics
from ranker.serving.model_server.base import ModelServer
from ranker.serving.model_server.in_process import InProcessModelServer
from ranker.serving.model_server.triton import TritonModelServer
from ranker.serving.model_watch import ModelWatch
from ranker.serving.online import OnlineCounters, make_store
from ranker.serving.pipeline import MODELS, GenerationPipeline, load_pipeline
from ranker.serving.query_vectors import QueryVectors
from ranker.serving.request_clocks import RequestClocks
from ranker.serving.request_store import RequestStore
from ranker.serving.scorer import Scorer
from ranker.serving.snapshots import SnapshotLog
from ranker.serving.trained_models import PublishedModels, TrainedModels
from ranker.serving.understand import Understanding
from ranker.settings import Settings

_log = logging.getLogger("ranker.serving")
# A failure costs its caller the models' whole time; three in a row are no accident.
_FAILURES_TO_OPEN = 3
_RETRY_SECONDS = 1.0
_IDLE_SECONDS = 75  # longer than the plugin keeps an idle connection, so that it is the one to close


async def serve(settings: Settings, door: Door, model_server_address: str | None) -> None:
    """Serve until the process is told to stop."""
    server = _model_server(settings, model_server_address)
    metrics = Metrics()
    vectors = QueryVectors(settings.encoders, metrics)

    watch = ModelWatch(
        PublishedModels(settings.model_repo, MODELS), server, loads=model_server_address is None
    )

    async def load(folder: Path, before: HeldGeneration | None) -> HeldGeneration:
        assert before is None or isinstance(before, GenerationPipeline)
        held = await asyncio.to_thread(
            load_pipeline,
            folder,
            settings.model_repo,
            server,
            Formula.default(),
            metrics,
            models=await watch.newest(),
            before=before,
        )
        await vectors.prepare(held.planner.versions.encoder)
        return held

    async def take_up(models: TrainedModels) -> None:
        await generations.take_up({model: str(version) for model, version in models.versions.items()})

    generations = Generations(settings.generations, load)
    clocks = RequestClocks()

    def now(request_id: str) -> int:
        offset = clocks.offset(request_id)
        if offset is None:  # of before a restart, or long ago
            offset = generations.clock_offset_milliseconds
        return wall_clock_milliseconds() + offset

    events = EventReceiver(settings.events, now)
    online = OnlineCounters(make_store(settings), events, settings, metrics)
    snapshots = SnapshotLog(settings.snapshots, metrics)
    scorer = Scorer(
        generations.find,
        RequestStore(),
        snapshots,
        metrics,
        Breaker(_FAILURES_TO_OPEN, _RETRY_SECONDS),
        clocks,
        timeout_seconds=settings.model_timeout_milliseconds / 1000,
    )
    understanding = Understanding(generations.find, vectors, metrics)
    health = ModelHealth(server, MODELS, generations)
    app = App(scorer, understanding, events, generations, health, metrics, door.token)
    # Beside the listening: a ranker that is coming back says so, and takes events.
    restoring = asyncio.create_task(generations.restore())
    watching = asyncio.create_task(watch.run(take_up))
    try:
        await _listen(app, door)
    finally:
        restoring.cancel()
        watching.cancel()
        await online.close()
        await events.close()
        await snapshots.close()
        generations.close()
        vectors.close()
        await server.close()


def _model_server(settings: Settings, address: str | None) -> ModelServer:
    if address is not None:
        return TritonModelServer(address)
    _log.warning("models run in the ranker's own process (ONNX Runtime); no model server is used")
    return InProcessModelServer(settings.model_repo)


async def _listen(app: App, door: Door) -> None:
    config = uvicorn.Config(
        app,
        host=door.host,
        port=door.port,
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=5,
        ssl_certfile=str(door.certificate) if door.certificate else None,
        ssl_keyfile=str(door.key) if door.key else None,
        log_config=None,
    )
    await uvicorn.Server(config).serve()


def main(
    port: Annotated[int, typer.Option(help="Where to listen.")],
    model_server: Annotated[
        str | None,
        typer.Option(help="host:port of Triton's gRPC door; without it models run in this process."),
    ] = None,
) -> None:
    """Run the ranker in the foreground."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = Settings()
    try:
        uvloop.run(serve(settings, Door.of(settings, port), model_server))
    except EncoreError as error:
        _log.error("%s", error)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    typer.run(main)
