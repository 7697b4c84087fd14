"""Every feature once more, for one candidate at a time, in plain Python: the yardstick of the fast pass.

A second reading of what `features.families` say, written for a reader and not for speed: a test compares
the two, `encore bench features` tells how much faster the pass is.
"""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from ranker.catalog.video import COUNTS
from ranker.features.columns import VideoColumns
from ranker.features.layout import GROUP_SUMS, HISTORY_SUMS, NO_TERM
from ranker.features.log import DAY_MS, ZONE_OFFSET_MS, day_of
from ranker.features.priors import UPLOADER, VIDEO, Priors
from ranker.features.request import ParsedQuery
from ranker.features.statistics import VALUES, Statistics
from ranker.features.users import UserColumns
from ranker.understanding.names import VERSIONS

Features = dict[str, float]
Sums = Mapping[str, float]
_TASTE_STRENGTH: Final = 2.0
_NOTHING: Final[Sums] = dict.fromkeys(VALUES, 0.0)
_SATURDAY: Final = 5


class PlainFeatures:
    """Features by name, one candidate a call.

    Args:
        columns: The generation's videos.
        users: The generation's listeners.
        statistics: Of the build's moment.
        priors: Of the models' specification.
    """

    def __init__(
        self, columns: VideoColumns, users: UserColumns, statistics: Statistics, priors: Priors
    ) -> None:
        self._columns = columns
        self._users = users
        self._statistics = statistics
        self._priors = priors

    def of(self, query: ParsedQuery, user: int, now: int, row: int) -> Features:
        """All features of one video (row, -1 unknown) for one listener (row, -1 a stranger)."""
        video = _Video(self._columns, row)
        built = int(self._columns.built_rows(np.array([row]))[0])
        return {
            **_text(query, video),
            **_artist(query, video),
            **self._song(query, video),
            **_version(query, video),
            **_style(query, video),
            **self._term_lifts(query, video),
            **self._clicked(query, built),
            **self._query(query),
            **self._video(video, now),
            **self._user(user, now),
            **self._taste(user, video, built),
            **_when(now),
        }

    def _song(self, query: ParsedQuery, video: "_Video") -> Features:
        wanted = dict(zip(query.titles.tolist(), query.title_trust.tolist(), strict=True))
        songs = dict(zip(query.songs.tolist(), query.song_trust.tolist(), strict=True))
        in_title, resolved = _trust(video.rows("title_songs"), wanted), _trust([video["song_title"]], wanted)
        song = _trust([video["song"]], songs)
        singers = {int(self._columns.names.artist_of_song[one]) for one in songs} - {-1}
        return {
            "song_in_title": in_title,
            "song_in_tags": _trust(video.rows("tag_songs"), wanted),
            "song_title_resolved": resolved,
            "song_resolved": song,
            "song_as_word": _trust(video.rows("word_songs"), wanted),
            "song_by_lyrics": _trust([video["lyrics_song"]], wanted),
            "song_other": bool(wanted) and not in_title and bool(video.rows("title_songs")),
            "song_resolved_other": bool(wanted) and not resolved and video["song_title"] >= 0,
            "song_by_wanted": not song and video["artist"] in singers,
            "song_trust": _log(video["song_trust"]),
            "wants_song": bool(wanted),
            "ambiguity": _log(len(songs)),
        }

    def _term_lifts(self, query: ParsedQuery, video: "_Video") -> Features:
        alpha, beta = self._priors.get("of_term", "click")
        found: Features = {}
        for name, first in self._kinds():
            lifts = []
            for term in query.terms.tolist():
                sums = self._statistics.tables["of_term"].of(term)
                rate = (sums[1] + alpha) / (sums[0] + alpha + beta)
                clicks, looks = self._of_kind(sums, first, video[name])
                smoothed = (clicks + (alpha + beta) * rate) / (looks + alpha + beta)
                lifts.append(math.log(smoothed / rate) if video[name] >= 0 else 0.0)
            found[f"{name}_lift"] = sum(lifts) / len(lifts) if lifts else 0.0
        return found

    def _kinds(self) -> list[tuple[str, int]]:
        return list(zip(("style", "language", "version"), self._statistics.kinds.starts, strict=True))

    def _of_kind(self, sums: Any, first: int, kind: int) -> tuple[float, float]:
        at = len(VALUES) + first + kind
        return float(sums[at]), float(sums[at + self._statistics.kinds.count])

    def _sums(self, table: str, first: int, second: int) -> Sums:
        found = self._statistics.tables[table]
        start, end = found.range(first)
        at = start + int(np.searchsorted(found.keys[start:end], np.uint64((first << 32) + max(second, 0))))
        if second < 0 or at >= end or int(found.keys[at]) != (first << 32) + second:
            return _NOTHING
        return dict(zip(VALUES, found.sums[at].tolist(), strict=True))

    def _whole(self, table: str, thing: int) -> Sums:
        sums = self._statistics.tables[table].of(thing).tolist()
        return dict(zip(VALUES, sums[: len(VALUES)], strict=True))

    def _clicked(self, query: ParsedQuery, built: int) -> Features:
        found: Features = {}
        watched = 0.0
        for name, wanted in (("query", [query.key]), ("artist", query.artists), ("title", query.titles)):
            table = f"{name}_video"
            all_sums = [self._sums(table, int(one), built) for one in wanted] or [_NOTHING]
            sums = max(all_sums, key=lambda one: one["clicks"] * 1e3 + one["expected"])
            found[f"{table}_lift"] = self._lift(table, "click", sums["clicks"], sums["expected"])
            found[f"{table}_looks"] = _log(sums["expected"])
            watched = max(watched, sums["watch_ratio"] if name != "query" else 0.0)
        return found | {"entity_watch": _log(watched)}

    def _lift(self, table: str, rate: str, successes: float, trials: float) -> float:
        alpha, beta = self._priors.get(table, rate)
        return math.log((successes + alpha) / (trials + alpha + beta) * (alpha + beta) / alpha)

    def _query(self, query: ParsedQuery) -> Features:
        sums = self._whole("of_query", query.key)
        return {
            "query_length": _log(query.length),
            "query_terms": _log(len(query.terms)),
            "query_rarest": max(query.weights.tolist(), default=0.0),
            "query_looks": _log(sums["expected"]),
            "query_click_lift": self._lift("of_query", "click", sums["clicks"], sums["expected"]),
            "query_effective_lift": self._lift(
                "of_query", "effective", sums["effective_plays"], sums["clicks"]
            ),
        }

    def _video(self, video: "_Video", now: int) -> Features:
        return {**self._history(video), **_counts(video, now), **_made(video), **self._groups(video)}

    def _history(self, video: "_Video") -> Features:
        sums = dict(zip(HISTORY_SUMS, video.numbers("history"), strict=True))
        alpha, beta = self._priors.get(VIDEO, "click")
        clicks, strength = sums["clicks"], alpha + beta
        rate = (clicks + alpha) / (sums["expected_clicks"] + strength)
        recent = (sums["recent_clicks"] + strength * rate) / (sums["recent_expected_clicks"] + strength)
        return {
            "video_lift": self._lift(VIDEO, "click", clicks, sums["expected_clicks"]),
            "video_looks": _log(sums["expected_clicks"]),
            "effective_lift": self._lift(VIDEO, "effective", sums["effective_plays"], clicks),
            "watch_lift": self._lift(VIDEO, "watch", sums["watch_ratio"], clicks),
            "like_lift": self._lift(VIDEO, "like", sums["likes"], clicks),
            "recent_lift": math.log(recent / rate),
            "recent_looks": _log(sums["recent_expected_clicks"]),
        }

    def _groups(self, video: "_Video") -> Features:
        uploader = dict(zip(GROUP_SUMS, video.numbers("uploader_history"), strict=True))
        clicks = uploader["clicks"]
        return {
            "uploader_lift": self._lift(UPLOADER, "click", clicks, uploader["expected_clicks"]),
            "uploader_effective_lift": self._lift(UPLOADER, "effective", uploader["effective_plays"], clicks),
            "uploader_looks": _log(uploader["expected_clicks"]),
            "artist_looks": _log(video.numbers("artist_history")[0]),
            "artist_channel": video["uploader_artist"] >= 0,
            "video_known": video.row >= 0,
        }

    def _user(self, user: int, now: int) -> Features:
        sums = self._whole("of_user", user)
        signup = self._users.value("signup_at", user)
        return {
            "user_known": user >= 0,
            "user_looks": _log(sums["expected"]),
            "user_click_lift": self._lift("of_user", "click", sums["clicks"], sums["expected"]),
            "user_effective_lift": self._lift(
                "of_user", "effective", sums["effective_plays"], sums["clicks"]
            ),
            "user_age_days": _log((now - signup) / DAY_MS if signup else 0.0),
        }

    def _taste(self, user: int, video: "_Video", built: int) -> Features:
        names = ("artist", "uploader", "style", "language", "version")
        found = {f"user_{name}_lift": 0.0 for name in names}
        found |= dict.fromkeys(("user_artist_clicks", "user_artist_share"), 0.0)
        found |= dict.fromkeys(("user_video_looks", "user_video_clicks"), 0.0)
        if user < 0:
            return found
        whole = self._statistics.tables["of_user"].of(user)
        alpha, beta = self._priors.get("of_user", "click")
        rate = float((whole[1] + alpha) / (whole[0] + alpha + beta))
        for name in ("artist", "uploader"):
            sums = self._sums(f"user_{name}", user, video[name])
            found[f"user_{name}_lift"] = _taste_lift(sums["clicks"], sums["expected"], rate)
        for name, first in self._kinds():
            if video[name] >= 0:
                found[f"user_{name}_lift"] = _taste_lift(*self._of_kind(whole, first, video[name]), rate)
        artist = self._sums("user_artist", user, video["artist"])["clicks"]
        seen = self._sums("user_video", user, built)
        return found | {
            "user_artist_clicks": _log(artist),
            "user_artist_share": artist / (float(whole[1]) + _TASTE_STRENGTH),
            "user_video_looks": _log(seen["expected"]),
            "user_video_clicks": _log(seen["clicks"]),
        }


class _Video:
    """One row of the columns, cell by cell."""

    def __init__(self, columns: VideoColumns, row: int) -> None:
        self._columns = columns
        self._rows = np.array([row])
        self.row = row

    def __getitem__(self, name: str) -> Any:
        return self._columns.take(name, self._rows)[0].item()

    def rows(self, name: str) -> list[int]:
        """Of a list of rows, those that are there."""
        return [row for row in self.numbers(name) if row >= 0]

    def terms(self, name: str) -> set[int]:
        """Hashes of the terms."""
        return {term for term in self.numbers(name) if term != NO_TERM}

    def numbers(self, name: str) -> list[Any]:
        """All cells of a wide column."""
        return list(self._columns.take(name, self._rows)[0].tolist())


def _log(value: float) -> float:
    return math.log2(1.0 + max(value, 0.0))


def _taste_lift(clicks: float, looks: float, rate: float) -> float:
    return math.log((clicks + _TASTE_STRENGTH) / (looks * rate + _TASTE_STRENGTH))


def _trust(there: list[int], wanted: Mapping[int, float]) -> float:
    return max((wanted.get(row, 0.0) for row in there), default=0.0)


def _text(query: ParsedQuery, video: _Video) -> Features:
    weight_of = dict(zip(query.terms.tolist(), query.weights.tolist(), strict=True))
    title, tags = video.terms("title_terms"), video.terms("tag_terms")
    anywhere = title | tags | video.terms("uploader_terms")
    total = max(sum(weight_of.values()), 1e-6)

    def weight(places: set[int]) -> float:
        return sum((float(value) for term, value in weight_of.items() if term in places), start=0.0)

    missing = [value for term, value in weight_of.items() if term not in title | tags]
    return {
        "title_coverage": weight(title) / total,
        "text_coverage": weight(title | tags) / total,
        "any_coverage": weight(anywhere) / total,
        "all_terms": bool(weight_of) and not missing,
        "matched_weight": weight(title | tags),
        "missing_weight": max(missing, default=0.0),
        "title_density": sum(term in title for term in weight_of) / max(len(title), 1),
    }


def _artist(query: ParsedQuery, video: _Video) -> Features:
    wanted = dict(zip(query.artists.tolist(), query.artist_trust.tolist(), strict=True))
    in_title, resolved = _trust(video.rows("title_artists"), wanted), _trust([video["artist"]], wanted)
    style_named = len(query.styles) + len(query.languages) > 0
    return {
        "artist_in_title": in_title,
        "artist_in_tags": _trust(video.rows("tag_artists"), wanted),
        "artist_uploads": _trust([video["uploader_artist"]], wanted),
        "artist_resolved": resolved,
        "artist_other": bool(wanted) and not in_title and bool(video.rows("title_artists")),
        "artist_resolved_other": bool(wanted) and not resolved and video["artist"] >= 0,
        "artist_trust": _log(video["artist_trust"]),
        "wants_artist": bool(wanted),
        "wants_version": query.versions != 0,
        "wants_style": not wanted and not len(query.titles) and style_named,
        "guessed": query.guessed,
    }


def _version(query: ParsedQuery, video: _Video) -> Features:
    version, wanted = video["version"], query.versions
    fits = version >= 0 and bool(wanted >> version & 1)
    found: Features = {
        "version_in_title": bool(video["title_versions"] & wanted),
        "version_in_tags": bool((video["tag_versions"] | video["uploader_versions"]) & wanted),
        "version_resolved": fits,
        "version_other": wanted != 0 and version >= 0 and not fits,
    }
    for row, name in enumerate(VERSIONS):
        found |= {f"is_{name}": version == row, f"wants_{name}": bool(wanted >> row & 1)}
    return found


def _style(query: ParsedQuery, video: _Video) -> Features:
    found: Features = {}
    for name, wanted in (("style", query.styles.tolist()), ("language", query.languages.tolist())):
        row, bits = video[name], video[f"{name}_bits"]
        found |= {
            f"{name}_fits": row in wanted,
            f"{name}_other": bool(wanted) and row >= 0 and row not in wanted,
            f"{name}_spoken": any(bits >> one & 1 for one in wanted if one < 31),
        }
    return found


def _counts(video: _Video, now: int) -> Features:
    plays, *others = video.numbers("counts")
    uploaded = video["uploaded_at"]
    days = max(now - uploaded, 0) / DAY_MS if uploaded > 0 else None
    ratios = {
        f"{name}_a_play": math.log((count + 1.0) / (plays + 31.0))
        for name, count in zip(COUNTS[1:], others, strict=True)
    }
    return {
        "plays": _log(plays),
        **ratios,
        "plays_a_day": _log(plays / max(365.0 if days is None else days, 1.0)),
        "age_days": 9.0 if days is None else _log(days),
        "fresh": 0.0 if days is None else math.exp2(-days / 3.0),
    }


def _made(video: _Video) -> Features:
    duration, height = video["duration_seconds"], video["resolution"]
    return {
        "duration": math.log(max(duration, 1.0) / 240.0) if duration > 0 else 0.0,
        "resolution": math.log2(height / 720.0) if height > 0 else 0.0,
        "reviewed": video["reviewed"],
        "title_length": _log(video["title_length"]),
    }


def _when(now: int) -> Features:
    angle = 2 * math.pi * ((now + ZONE_OFFSET_MS) % DAY_MS) / DAY_MS
    weekend = (int(day_of(now)) + 3) % 7 >= _SATURDAY
    return {"hour_sine": math.sin(angle), "hour_cosine": math.cos(angle), "weekend": weekend}
