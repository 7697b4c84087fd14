"""The search log: what each request showed, and what its listener did."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from ranker.world.arrays import Bools, Floats, Ints
from ranker.world.candidates import POOL, Pools
from ranker.world.clock import Clock
from ranker.world.randomness import stream
from ranker.world.requests import Demand, Requests
from ranker.world.truth.behaviour import Behaviour, Scene
from ranker.world.users import DEVICES

REQUESTS_AT_ONCE = 10_000
EFFECTIVE_SECONDS, EFFECTIVE_SHARE = 15.0, 0.5
"""A play is effective from 15 seconds on, or from half of the video on, whichever is less."""


@dataclass(frozen=True)
class Exposures:
    """A chunk of the log: its requests, and per exposure (n,) the request's row and what happened."""

    requests: Requests
    request: Ints
    scene: Scene
    position: Ints
    event_time: Ints
    click: Bools
    play_seconds: Floats
    like: Bools
    favorite: Bools
    share: Bools


def simulate(
    pools: Pools, behaviour: Behaviour, demand: Demand, clock: Clock, lengths: Ints, seed: int
) -> Iterator[Exposures]:
    """The log in order of time, in chunks of at most `REQUESTS_AT_ONCE` requests of one day."""
    edges = np.round(np.concatenate([[0.0], np.cumsum(clock.day_weights())]) * len(lengths)).astype(np.int64)
    for day in range(clock.days):
        requests = demand.day(day, lengths[edges[day] : edges[day + 1]])
        for chunk, start in enumerate(range(0, len(requests.now), REQUESTS_AT_ONCE)):
            rows = slice(start, start + REQUESTS_AT_ONCE)
            part = Requests(
                requests.user[rows],
                requests.query[rows],
                requests.now[rows],
                requests.device[rows],
                requests.length[rows],
            )
            yield _shown_and_done(part, pools, behaviour, stream(seed, "log", day, chunk))


def _shown_and_done(
    requests: Requests, pools: Pools, behaviour: Behaviour, generator: np.random.Generator
) -> Exposures:
    row, position, place = _show(requests, pools, behaviour.videos.uploaded_at, generator)
    scene = Scene(
        query=requests.query[row],
        user=requests.user[row],
        video=pools.video[place].astype(np.int64),
        tier=pools.tier[place],
        term=pools.term[place],
        now=requests.now[row],
    )
    count = len(row)
    click = generator.random(count) < behaviour.click(scene, position, requests.device[row])
    effective = click & (generator.random(count) < behaviour.effective_play(scene))
    seconds = _play_seconds(
        click, effective, behaviour.attention(scene), behaviour.videos.duration[scene.video], generator
    )
    return Exposures(
        requests=requests,
        request=row,
        scene=scene,
        position=position,
        event_time=scene.now
        + 180
        + position * 40
        + (generator.random(count) * 400 * position).astype(np.int64),
        click=click,
        play_seconds=seconds,
        like=effective & (generator.random(count) < behaviour.like(scene)),
        favorite=effective & (generator.random(count) < behaviour.favorite(scene)),
        share=effective & (generator.random(count) < behaviour.share(scene)),
    )


def _show(
    requests: Requests, pools: Pools, uploaded_at: Ints, generator: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """What production puts on each position: (request's row, position, row of the pools), all (n,)."""
    starts = pools.starts[requests.query]
    sizes = pools.starts[requests.query + 1] - starts
    column = np.arange(POOL)
    place = np.minimum(starts[:, None] + column, len(pools.video) - 1)
    score = pools.score[place] - 0.55 * np.log(generator.exponential(size=place.shape))
    hidden = (column >= sizes[:, None]) | (uploaded_at[pools.video[place]] > requests.now[:, None])
    score[hidden] = -np.inf
    longest = int(requests.length.max())
    top = np.argpartition(-score, longest - 1, axis=1)[:, :longest]
    order = np.argsort(-np.take_along_axis(score, top, axis=1), axis=1, kind="stable")
    top = np.take_along_axis(top, order, axis=1)
    there = np.isfinite(np.take_along_axis(score, top, axis=1))
    shown = there & (np.arange(longest) < requests.length[:, None])
    row, column_shown = np.nonzero(shown)
    return row, column_shown + 1, place[row, top[row, column_shown]]


def _play_seconds(
    click: Bools, effective: Bools, attention: Floats, duration: Floats, generator: np.random.Generator
) -> Floats:
    """Seconds played: 0 without a click, below the threshold unless effective; tenths of a second."""
    threshold = np.minimum(EFFECTIVE_SECONDS, EFFECTIVE_SHARE * duration)
    watched = 1.0 / (1.0 + np.exp(-(attention + 1.2 * generator.standard_normal(len(click)))))
    watched = np.where(watched > 0.93, 1.0, watched)
    long = np.maximum(np.ceil(threshold * 10), np.floor(watched * duration * 10)) / 10
    short = np.floor(threshold * 9.9 * generator.random(len(click)) ** 0.7) / 10
    return np.where(effective, long, np.where(click, short, 0.0))


def searches_table(
    requests: Requests, query_texts: pl.Series, first: int, user_names: pl.Series
) -> pl.DataFrame:
    """Public rows of a chunk's requests; `first` is the number of the first one in the log."""
    return pl.DataFrame(
        {
            "request_id": request_ids(first, len(requests.now)),
            "user_id": user_names.gather(requests.user),
            "query": query_texts.gather(requests.query),
            "now": requests.now,
            "device": pl.Series(list(DEVICES)).gather(requests.device),
        }
    )


def exposures_table(chunk: Exposures, first: int, video_names: pl.Series) -> pl.DataFrame:
    """Public rows of a chunk's exposures."""
    return pl.DataFrame(
        {
            "request_id": request_ids(first, len(chunk.requests.now)).gather(chunk.request),
            "video_id": video_names.gather(chunk.scene.video),
            "position": chunk.position.astype(np.int32),
            "event_time": chunk.event_time,
            "click": chunk.click,
            "play_seconds": chunk.play_seconds.astype(np.float32),
            "like": chunk.like,
            "favorite": chunk.favorite,
            "share": chunk.share,
        }
    )


def request_ids(first: int, count: int) -> pl.Series:
    """Identities of the log's requests from the `first`-th on."""
    return pl.Series([f"r{number:09d}" for number in range(first, first + count)], dtype=pl.String)
