"""The truth of a finished world, asked by query, listener and videos."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from ranker.errors import InvalidInputError
from ranker.world.arrays import Bools, Floats, Ints, Tiers
from ranker.world.bursts import Bursts
from ranker.world.music import Artists, Songs
from ranker.world.queries import Queries
from ranker.world.records import read_record
from ranker.world.store import World
from ranker.world.truth.behaviour import Behaviour, Scene
from ranker.world.truth.facts import Judge
from ranker.world.users import DEVICES, Users
from ranker.world.videos import Videos


class Truth:
    """Tiers and click probabilities for any query of the world, any listener and any videos.

    Safe to share between threads once loaded. Texts, identities and tables are held in memory.
    """

    def __init__(self, world: World) -> None:
        """Use `load`."""
        folder = world.path / "truth"
        self.world = world
        self.queries = read_record(Queries, folder / "queries.parquet")
        self.videos = read_record(Videos, folder / "videos.parquet")
        self.users = read_record(Users, folder / "users.parquet")
        self._folder = folder
        artists = read_record(Artists, folder / "artists.parquet")
        songs_table = pl.read_parquet(folder / "songs.parquet")
        self.songs = _songs(songs_table, len(artists.names))
        bursts = read_record(Bursts, folder / "bursts.parquet")
        self.judge = Judge(self.queries, self.videos, self.songs)
        self.behaviour = Behaviour(
            self.queries, self.users, self.videos, artists, self.songs, bursts, self.songs.prominence()
        )

    @classmethod
    def load(cls, world_dir: Path) -> "Truth":
        """Read the truth of the world in this folder.

        Raises:
            InvalidInputError: There is no finished world there.
        """
        return cls(World.load(world_dir))

    @cached_property
    def _texts(self) -> list[str]:
        return pl.read_parquet(self._folder / "videos.parquet", columns=["text"])["text"].to_list()

    @cached_property
    def _video_rows(self) -> dict[str, int]:
        names = self.world.scan("videos").select("video_id").collect()["video_id"]
        return {name: row for row, name in enumerate(names)}

    @cached_property
    def _query_rows(self) -> dict[str, int]:
        return {text: row for row, text in enumerate(self.queries.text)}

    @cached_property
    def _user_rows(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.world.users["user_id"])}

    def tiers(self, query: str, video_ids: Sequence[str]) -> Tiers:
        """True tiers 0–3, int8 (n,), of videos for one query of the world.

        Raises:
            InvalidInputError: The query or a video isn't of this world.
        """
        return self.tiers_of_pairs([query] * len(video_ids), video_ids)

    def tiers_of_pairs(self, queries: Sequence[str], video_ids: Sequence[str]) -> Tiers:
        """True tiers, int8 (n,), of n (query, video) pairs."""
        query, video = self._rows(queries, "query"), self._rows(video_ids, "video")
        return self.judge.tiers(query, video, self._terms(query, video))

    def facts(self, query: str, video_ids: Sequence[str]) -> pl.DataFrame:
        """The facts behind the tiers, for people and tests: term, semantic, intent, alias, tier."""
        asked, video = self._rows([query] * len(video_ids), "query"), self._rows(video_ids, "video")
        term = self._terms(asked, video)
        return pl.DataFrame(
            {
                "video_id": list(video_ids),
                "term": term,
                "semantic": self.judge.semantic(asked, video),
                "intent": self.judge.intent(asked, video),
                "alias": self.judge.alias(asked, video),
                "tier": self.judge.tiers(asked, video, term),
            }
        )

    def click_probability(
        self,
        query: str,
        user_id: str,
        video_ids: Sequence[str],
        position: int | Ints = 1,
        now: int | None = None,
        device: str | None = None,
    ) -> Floats:
        """True probability, float64 (n,), that this listener clicks each video, shown at this position.

        `position` is 1-based, one for all or one each; `now` defaults to the world's end, `device` to the
        listener's own.

        Raises:
            InvalidInputError: The query, the listener, a video or the device isn't of this world.
        """
        count = len(video_ids)
        user = self._rows([user_id] * count, "user")
        if device is not None and device not in DEVICES:
            raise InvalidInputError(f"device [{device}] is unknown; use one of [{', '.join(DEVICES)}]")
        devices = self.users.device[user] if device is None else np.full(count, DEVICES.index(device))
        times = np.full(count, self.world.now_ms if now is None else now, np.int64)
        scene = self._scene(self._rows([query] * count, "query"), user, self._rows(video_ids, "video"), times)
        return self.behaviour.click(scene, np.broadcast_to(np.asarray(position), count), devices)

    def click_probability_of(self, log: pl.DataFrame) -> Floats:
        """True probability, float64 (n,), of a click on each row of a log.

        Columns: query, user_id, video_id, position, now, device.
        """
        scene = self.scene_of(log)
        device = log["device"].replace_strict(list(DEVICES), list(range(len(DEVICES))), return_dtype=pl.Int64)
        return self.behaviour.click(scene, log["position"].to_numpy(), device.to_numpy())

    def scene_of(self, log: pl.DataFrame) -> Scene:
        """The rows' queries, listeners, videos, tiers and times, for the true model of behaviour."""
        query = self._rows(log["query"].to_list(), "query")
        user = self._rows(log["user_id"].to_list(), "user")
        return self._scene(query, user, self._rows(log["video_id"].to_list(), "video"), log["now"].to_numpy())

    def evaluation_queries(self) -> pl.DataFrame:
        """Requests to evaluate on: query, user_id, now, kind, query_seen, user_seen."""
        return pl.read_parquet(self._folder / "evaluation.parquet")

    def query_rows(self, queries: Sequence[str]) -> Ints:
        """Rows (n,) of queries in the truth's tables."""
        return self._rows(queries, "query")

    def video_rows(self, video_ids: Sequence[str]) -> Ints:
        """Rows (n,) of videos in the truth's tables and in the catalogue."""
        return self._rows(video_ids, "video")

    def _scene(self, query: Ints, user: Ints, video: Ints, now: Ints) -> Scene:
        term = self._terms(query, video)
        return Scene(query, user, video, self.judge.tiers(query, video, term), term, now)

    def _terms(self, query: Ints, video: Ints) -> Bools:
        texts, terms = self._texts, self.queries.terms
        held = (
            all(term in texts[row] for term in terms[asked])
            for asked, row in zip(query.tolist(), video.tolist(), strict=True)
        )
        return np.fromiter(held, bool, len(query))

    def _rows(self, names: Sequence[str], kind: str) -> Ints:
        rows = {"query": self._query_rows, "video": self._video_rows, "user": self._user_rows}[kind]
        try:
            return np.fromiter((rows[name] for name in names), np.int64, len(names))
        except KeyError as error:
            raise InvalidInputError(
                f"{kind} [{error.args[0]}] is not of the world at [{self.world.path}]; ask of its own"
            ) from None


def _songs(table: pl.DataFrame, artist_count: int) -> Songs:
    titles = table["title_text"].to_list()
    title = table["title"].to_numpy()
    names = [""] * (int(title.max()) + 1)
    for index, text in zip(title.tolist(), titles, strict=True):
        names[index] = text
    return Songs(
        titles=names,
        title=title,
        artist=table["artist"].to_numpy(),
        album=[],
        language=table["language"].to_numpy(),
        style=table["style"].to_numpy(),
        lyrics=[],
        released_at=table["released_at"].to_numpy(),
        popularity=table["popularity"].to_numpy(),
        artist_count=artist_count,
    )
