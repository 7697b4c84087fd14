"""The table of commands. Each command is one file; this one only lists them."""

import sys
from collections.abc import Callable
from typing import Any

import typer
from rich.console import Console

from ranker.cli.bench_events import bench_events
from ranker.cli.bench_faults import bench_faults
from ranker.cli.bench_features import bench_features
from ranker.cli.bench_fuzz import bench_fuzz
from ranker.cli.bench_indexing import bench_indexing
from ranker.cli.bench_latency import bench_latency
from ranker.cli.bench_online import bench_online
from ranker.cli.bench_peer import bench_peer
from ranker.cli.bench_queries import bench_queries
from ranker.cli.bench_samples import bench_samples
from ranker.cli.bench_statistics import bench_statistics
from ranker.cli.bench_tokenizer import bench_tokenizer
from ranker.cli.bench_tokens import bench_tokens
from ranker.cli.demo import demo
from ranker.cli.dictionary_delete import dictionary_delete
from ranker.cli.dictionary_list import dictionary_list
from ranker.cli.dictionary_prune import dictionary_prune
from ranker.cli.dictionary_put import dictionary_put
from ranker.cli.doctor import doctor
from ranker.cli.down import down
from ranker.cli.eval_recall import eval_recall
from ranker.cli.eval_search import eval_search
from ranker.cli.eval_smoothing import eval_smoothing
from ranker.cli.events_compact import events_compact
from ranker.cli.events_load import events_load
from ranker.cli.events_status import events_status
from ranker.cli.features import features
from ranker.cli.index_build import index_build
from ranker.cli.index_delete import index_delete
from ranker.cli.index_status import index_status
from ranker.cli.index_swap import index_swap
from ranker.cli.index_upsert import index_upsert
from ranker.cli.models import models
from ranker.cli.samples_build import samples_build
from ranker.cli.samples_check import samples_check
from ranker.cli.samples_follow import samples_follow
from ranker.cli.samples_kuairand import samples_kuairand
from ranker.cli.search import search
from ranker.cli.statistics_run import statistics_run
from ranker.cli.statistics_show import statistics_show
from ranker.cli.status import status
from ranker.cli.tour import tour
from ranker.cli.train import train
from ranker.cli.up import up
from ranker.cli.world_check import world_check
from ranker.cli.world_make import world_make
from ranker.cli.world_show import world_show
from ranker.errors import EncoreError

app = typer.Typer(
    name="encore",
    help="Search for Chinese music video, inside Elasticsearch and OpenSearch.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _group(name: str, help_text: str) -> typer.Typer:
    group = typer.Typer(help=help_text, no_args_is_help=True)
    app.add_typer(group, name=name)
    return group


index = _group("index", "Build, swap and mend an index.")
dictionary = _group("dictionary", "The dictionary versions of the engine's nodes.")
events = _group("events", "The log of what listeners do: load, compact, look at it.")
bench = _group("bench", "Measure, as ratios within one run.")
world = _group("world", "A sample world with known truth: make it, look at it, measure it.")
samples = _group("samples", "Training samples: what the ranker saw, joined with what came of it.")
statistics = _group("statistics", "Count what whole days say of videos, uploaders, artists and listeners.")
evaluate = _group("eval", "Judge orders against the truth.")


def _add(group: typer.Typer, name: str, command: Callable[..., Any]) -> None:
    group.command(name)(command)


_add(app, "demo", demo)
_add(app, "up", up)
_add(app, "down", down)
_add(app, "status", status)
_add(app, "doctor", doctor)
_add(app, "models", models)
_add(app, "train", train)
_add(app, "search", search)
_add(app, "tour", tour)
_add(app, "features", features)
_add(index, "build", index_build)
_add(index, "swap", index_swap)
_add(index, "upsert", index_upsert)
_add(index, "delete", index_delete)
_add(index, "status", index_status)
_add(dictionary, "list", dictionary_list)
_add(dictionary, "put", dictionary_put)
_add(dictionary, "delete", dictionary_delete)
_add(dictionary, "prune", dictionary_prune)
_add(events, "load", events_load)
_add(events, "compact", events_compact)
_add(events, "status", events_status)
_add(world, "make", world_make)
_add(world, "show", world_show)
_add(world, "check", world_check)
_add(bench, "events", bench_events)
_add(statistics, "run", statistics_run)
_add(statistics, "show", statistics_show)
_add(bench, "faults", bench_faults)
_add(bench, "features", bench_features)
_add(bench, "fuzz", bench_fuzz)
_add(bench, "indexing", bench_indexing)
_add(bench, "latency", bench_latency)
_add(bench, "online", bench_online)
_add(bench, "samples", bench_samples)
_add(bench, "statistics", bench_statistics)
_add(bench, "tokenizer", bench_tokenizer)
_add(bench, "tokens", bench_tokens)
_add(bench, "peer", bench_peer)
_add(bench, "queries", bench_queries)
_add(samples, "build", samples_build)
_add(samples, "check", samples_check)
_add(samples, "follow", samples_follow)
_add(samples, "kuairand", samples_kuairand)
_add(evaluate, "search", eval_search)
_add(evaluate, "recall", eval_recall)
_add(evaluate, "smoothing", eval_smoothing)


def main() -> None:
    """Run the command line; an `EncoreError` becomes its one sentence and its exit code."""
    try:
        app()
    except EncoreError as error:
        Console(stderr=True).print(f"encore: {error}", style="red", markup=False, highlight=False)
        sys.exit(error.exit_code)
