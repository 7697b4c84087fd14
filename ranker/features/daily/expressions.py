"""The statistics as Ibis expressions: the one text that both backends compile.

Of an event counts its `received_time`, as everywhere (what was received by then is known then), and its kind.
An effective play is a play of at least 15 seconds or half of the video; of an unknown duration, 15 seconds.
Of a pair (query, video) the query is the one that the event's request asked; an event whose request isn't
known counts for its video alone. A listener that an event doesn't name is the request's.

The work is cut into stages with one join or one grouping each, whose result is written before the next one
reads it: so each may have all of the memory limit for itself.

No fraction stands in here: backends read 0.5 as different types. Nulls are said to be false before they are
counted: one backend sums them to null, the other to 0.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import ibis

from ranker.features.daily.windows import COUNTERS, KEYS, LONGEST, VALUES, WINDOWS, column, day_start
from ranker.features.log import DAY_MS, EFFECTIVE_SECONDS

Table = Any  # ibis.Table: Ibis ships no types
Tables = Mapping[str, Table]
Stage = Callable[[Tables, date], Table]
_KIND_OF: Final = {
    "impressions": "impression",
    "clicks": "click",
    "plays": "play",
    "likes": "like",
    "favorites": "favorite",
    "shares": "share",
}


def stages() -> Iterator[tuple[str, Stage]]:
    """(name, its table of the tables named before it), in order; the last are the entities of `KEYS`.

    Given are `events` (request_id, video_id, kind, received_time, user_id, seconds), `requests` (request_id,
    query, user_id; a request may stand there more than once) and `videos` (video_id, which is unique,
    uploader_id, artist_id, duration_seconds); what is unknown is null. An entity's table has a row for each
    that has an event in the windows: its keys, then `VALUES` (int64).
    """
    yield "asked", _asked
    yield "placed", _placed
    yield "seen", _seen
    yield "video", lambda tables, day: _counted(tables["seen"], KEYS["video"])
    yield "uploader", lambda tables, day: _summed(tables["video"], tables["videos"], "uploader_id")
    yield "artist", lambda tables, day: _summed(tables["video"], tables["videos"], "artist_id")
    yield "query_video", lambda tables, day: _counted(tables["seen"], KEYS["query_video"])
    yield "user_artist", lambda tables, day: _counted(tables["seen"], KEYS["user_artist"])


def _asked(tables: Tables, day: date) -> Table:
    """Each request once; the smallest of what it is said to be, so that the order of files doesn't count."""
    del day
    requests = tables["requests"]
    return requests.group_by(asked="request_id").agg(
        query=requests["query"].min(), asked_by=requests.user_id.min()
    )


def _placed(tables: Tables, day: date) -> Table:
    """The windows' events with the video's artist, whether they are effective, and the days they are old."""
    end = day_start(day)
    events = tables["events"]
    received = events.received_time
    within = events.filter(received >= end - LONGEST * DAY_MS, received < end)
    facts = tables["videos"].select("artist_id", "duration_seconds", id="video_id")
    joined = within.left_join(facts, [("video_id", "id")])
    return joined.select(
        "request_id",
        "video_id",
        "user_id",
        "artist_id",
        "kind",
        effective=_effective(joined),
        age=end - joined.received_time,
    )


def _effective(events: Table) -> Any:
    half = (events.duration_seconds > 0) & (events.seconds * 2 >= events.duration_seconds)
    long = events.seconds >= int(EFFECTIVE_SECONDS)
    return _surely((events.kind == "play") & (_surely(long) | _surely(half)))


def _seen(tables: Tables, day: date) -> Table:
    """These with what was asked and by whom."""
    del day
    joined = tables["placed"].left_join(tables["asked"], [("request_id", "asked")])
    user = ibis.coalesce(joined.user_id, joined.asked_by)
    return joined.select("video_id", "query", "artist_id", "kind", "effective", "age", user_id=user)


def _counted(seen: Table, keys: Sequence[str]) -> Table:
    known = seen.filter(*(seen[key].notnull() for key in keys))
    counts = {}
    for window in WINDOWS:
        young = known.age <= window * DAY_MS
        for counter in COUNTERS:
            met = known.effective if counter == "effective_plays" else known.kind == _KIND_OF[counter]
            counts[column(counter, window)] = known.count(where=_surely(young & met))
    return known.group_by(*keys).agg(**counts)


def _summed(counts: Table, videos: Table, key: str) -> Table:
    """The counts of all videos of one uploader or artist."""
    of = videos.filter(videos[key].notnull()).select(key, id="video_id")
    joined = counts.inner_join(of, [("video_id", "id")])
    return joined.group_by(key).agg(**{name: joined[name].sum() for name in VALUES})


def _surely(condition: Any) -> Any:
    """A condition that is false where it is unknown."""
    return ibis.coalesce(condition, False)
