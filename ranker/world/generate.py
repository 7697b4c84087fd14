"""Make a world: everything in it follows from its size and seed."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from ranker.catalog.video import schema
from ranker.world.arrays import Floats, Ints
from ranker.world.bursts import Bursts, make_bursts
from ranker.world.candidates import Pools, make_pools
from ranker.world.clock import ZONE, Clock
from ranker.world.identities import video_ids
from ranker.world.log import Exposures, exposures_table, searches_table, simulate
from ranker.world.music import Artists, Songs, make_artists, make_songs
from ranker.world.postings import make_postings, plain_texts
from ranker.world.queries import Queries, make_queries
from ranker.world.randomness import stream
from ranker.world.records import write_record
from ranker.world.requests import Demand, request_lengths
from ranker.world.sampling import PairSample, evaluation_requests, label_pairs
from ranker.world.size import WorldSize, size_named
from ranker.world.store import SCHEMA, World
from ranker.world.tables import TableWriter, content_hash, write_table
from ranker.world.titles import make_texts
from ranker.world.truth.behaviour import Behaviour
from ranker.world.truth.facts import Judge
from ranker.world.uploaders import Uploaders, make_uploaders
from ranker.world.users import Users, make_users, user_ids
from ranker.world.videos import Videos, make_videos

Progress = Callable[[str, float], None]
"""Called with what is being made and the share of the whole that is done."""

GENERATOR_VERSION = 3
"""Raised whenever the same seed comes to mean another world."""
_TEXTS_AT_ONCE = 50_000
_COUNTS = ("plays", "likes", "favorites", "shares", "comments")


def generate(size: str | WorldSize, seed: int, target: Path, progress: Progress | None = None) -> World:
    """Make a world in the folder `target`, replacing what is there once all is made.

    Equal sizes and seeds give equal files, whatever the number of threads.

    Raises:
        InvalidInputError: The size is unknown.
    """
    shape = size_named(size) if isinstance(size, str) else size
    work = target.with_name(target.name + ".part")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    _Making(shape, seed, work, progress or (lambda what, share: None)).run()
    shutil.rmtree(target, ignore_errors=True)
    work.replace(target)
    return World.load(target)


class _Making:
    """One run of the generator: the parts in the order in which they depend on each other."""

    def __init__(self, size: WorldSize, seed: int, work: Path, progress: Progress) -> None:
        self.size, self.seed, self.work, self.progress = size, seed, work, progress
        self.clock = Clock(size.days)

    def run(self) -> None:
        size, seed, clock = self.size, self.seed, self.clock
        self.progress("artists, songs, listeners", 0.0)
        artists = make_artists(size, seed)
        songs = make_songs(artists, size, clock, seed)
        bursts = make_bursts(songs, size, clock, seed)
        users = make_users(artists, size, clock, seed)
        uploaders = make_uploaders(artists, size, seed)
        self.progress("videos", 0.04)
        videos = make_videos(artists, songs, uploaders, bursts, size, clock, seed)
        texts = self._texts(videos, artists, songs, uploaders)
        self.progress("queries and candidates", 0.15)
        queries = make_queries(artists, songs, size, seed)
        plain = plain_texts(texts["title"], texts["tags"])
        terms = sorted({term for terms in queries.terms for term in terms})
        postings = make_postings(plain, terms, np.log1p(videos.base))
        judge = Judge(queries, videos, songs)
        pools = make_pools(queries, videos, songs, postings, judge, seed)
        behaviour = Behaviour(queries, users, videos, artists, songs, bursts, songs.prominence())
        names = video_ids(np.arange(size.videos), seed)
        log = _Log(self, pools, behaviour, Demand(queries, users, songs, bursts, clock, seed), names)
        log.write()
        self.progress("tables", 0.95)
        self._write_public(videos, texts, uploaders, artists, songs, users, names, log.counts)
        self._write_samples(queries, pools, users, names, log)
        self._write_truth(videos, plain, artists, songs, users, queries, bursts)
        self._write_manifest(len(queries.text), log)
        self.progress("done", 1.0)

    def _texts(self, videos: Videos, artists: Artists, songs: Songs, uploaders: Uploaders) -> pl.DataFrame:
        starts = range(0, self.size.videos, _TEXTS_AT_ONCE)
        parts = [
            make_texts(
                videos.take(slice(start, start + _TEXTS_AT_ONCE)), artists, songs, uploaders, self.seed, start
            )
            for start in starts
        ]
        return pl.concat(parts)

    def _write_public(
        self,
        videos: Videos,
        texts: pl.DataFrame,
        uploaders: Uploaders,
        artists: Artists,
        songs: Songs,
        users: Users,
        names: pl.Series,
        counts: Ints,
    ) -> None:
        channel = pl.Series([f"c{index:06d}" for index in range(len(uploaders.names))])
        totals = _totals(videos, counts, stream(self.seed, "totals"))
        table = pl.DataFrame(
            {
                "video_id": names,
                "title": texts["title"],
                "tags": texts["tags"],
                "uploader_id": channel.gather(videos.uploader),
                "uploader": pl.Series(uploaders.names).gather(videos.uploader),
                "uploaded_at": videos.uploaded_at,
                "duration_seconds": videos.duration,
                "resolution": videos.resolution,
                "reviewed": videos.reviewed,
                **{name: totals[:, column] for column, name in enumerate(_COUNTS)},
            }
        )
        write_table(table.cast(schema()), self.work / "videos.parquet")  # type: ignore[arg-type]
        write_table(artists.table(), self.work / "artists.parquet")
        write_table(songs.table(), self.work / "songs.parquet")
        write_table(users.table(), self.work / "users.parquet")

    def _write_samples(
        self, queries: Queries, pools: Pools, users: Users, names: pl.Series, log: "_Log"
    ) -> None:
        texts = pl.Series(queries.text)
        query, video, tier = label_pairs(log.pairs, pools, log.asked_in_training, self.size.labels, self.seed)
        labels = pl.DataFrame({"query": texts.gather(query), "video_id": names.gather(video), "tier": tier})
        write_table(labels, self.work / "labels.parquet")
        drawn = evaluation_requests(
            queries, pools, users, log.asked, log.user_searches, self.size, self.clock, self.seed
        )
        listeners = pl.Series(user_ids(self.size.users))
        evaluation = drawn.with_columns(
            query=texts.gather(drawn["query"]), user=listeners.gather(drawn["user"])
        ).rename({"user": "user_id"})
        write_table(evaluation, self.work / "truth" / "evaluation.parquet")

    def _write_truth(
        self,
        videos: Videos,
        plain: pl.Series,
        artists: Artists,
        songs: Songs,
        users: Users,
        queries: Queries,
        bursts: Bursts,
    ) -> None:
        folder = self.work / "truth"
        write_record(videos, folder / "videos.parquet", text=plain)
        write_record(artists, folder / "artists.parquet")
        write_record(users, folder / "users.parquet")
        write_record(queries, folder / "queries.parquet")
        write_record(bursts, folder / "bursts.parquet")
        kept = ("title", "artist", "language", "style", "released_at", "popularity")
        title_text = pl.Series(songs.titles).gather(songs.title)
        table = pl.DataFrame({"title_text": title_text, **{name: getattr(songs, name) for name in kept}})
        write_table(table, folder / "songs.parquet")

    def _write_manifest(self, queries: int, log: "_Log") -> None:
        files = sorted(path.relative_to(self.work).as_posix() for path in self.work.rglob("*.parquet"))
        manifest = {
            "schema": SCHEMA,
            "generator": GENERATOR_VERSION,
            "seed": self.seed,
            "size": self.size.name,
            "zone": ZONE,
            "log_start_ms": self.clock.start,
            "training_end_ms": self.clock.training_end,
            "log_end_ms": self.clock.end,
            "now_ms": self.clock.end,
            "rows": {
                "videos": self.size.videos,
                "queries": queries,
                "searches": log.searches,
                "exposures": log.exposures,
            },
            "files": {name: content_hash(self.work / name) for name in files},
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
        (self.work / "manifest.json").write_text(text, "utf-8")


class _Log:
    """Streams the log into its two tables and counts what the rest needs."""

    def __init__(
        self, making: _Making, pools: Pools, behaviour: Behaviour, demand: Demand, names: pl.Series
    ) -> None:
        self._making, self._names = making, names
        self._pools, self._behaviour, self._demand = pools, behaviour, demand
        size = making.size
        queries = len(behaviour.queries.text)
        self._texts = pl.Series(behaviour.queries.text)
        self._users = pl.Series(user_ids(size.users))
        self.pairs = PairSample(making.clock, size.labels, size.exposures, making.seed)
        self.counts = np.zeros((size.videos, len(_COUNTS)), np.int64)
        self.asked = np.zeros(queries, np.int64)
        self.asked_in_training = np.zeros(queries, np.int64)
        self.user_searches = np.zeros(size.users, np.int64)
        self.searches = 0
        self.exposures = 0

    def write(self) -> None:
        making = self._making
        lengths = request_lengths(making.size.exposures, making.seed)
        chunks = simulate(self._pools, self._behaviour, self._demand, making.clock, lengths, making.seed)
        with (
            TableWriter(making.work / "searches.parquet") as searches,
            TableWriter(making.work / "exposures.parquet") as exposures,
        ):
            for chunk in chunks:
                searches.add(searches_table(chunk.requests, self._texts, self.searches, self._users))
                exposures.add(exposures_table(chunk, self.searches, self._names))
                self._count(chunk)
                making.progress("log", 0.3 + 0.65 * self.searches / len(lengths))

    def _count(self, chunk: Exposures) -> None:
        requests, scene = chunk.requests, chunk.scene
        self.pairs.add(scene.query, scene.video, scene.now)
        for column, happened in enumerate((chunk.click, chunk.like, chunk.favorite, chunk.share)):
            self.counts[:, column] += np.bincount(scene.video[happened], minlength=len(self.counts))
        early = requests.now < self._making.clock.training_end
        self.asked += np.bincount(requests.query, minlength=len(self.asked))
        self.asked_in_training += np.bincount(requests.query[early], minlength=len(self.asked))
        self.user_searches += np.bincount(requests.user, minlength=len(self.user_searches))
        self.searches += len(requests.now)
        self.exposures += len(chunk.position)


def _totals(videos: Videos, counts: Ints, generator: np.random.Generator) -> Ints:
    """Plays, likes, favourites, shares, comments (n, 5) as of the log's end: elsewhere's and the log's."""
    rates: Floats = np.array([1.0, 0.035, 0.018, 0.006, 0.004])
    lift = np.exp(
        0.5 * videos.quality[:, None] + 0.4 * generator.standard_normal((len(videos.base), len(rates)))
    )
    lift[:, 0] = 1.0
    return np.asarray((videos.base[:, None] * rates * lift).astype(np.int64) + counts)
