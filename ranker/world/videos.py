"""Videos as they truly are: which song, whose voice, which kind, how well made. Their words are `titles`'."""

from dataclasses import dataclass, fields

import numpy as np

from ranker.world.arrays import NONE, Bools, Floats, Ints, draw_weighted
from ranker.world.bursts import Bursts
from ranker.world.clock import DAY_MS, HOUR_MS, Clock
from ranker.world.kinds import KINDS, SHARES, THEIRS, number
from ranker.world.music import Artists, Songs
from ranker.world.randomness import stream
from ranker.world.size import WorldSize
from ranker.world.uploaders import Uploaders, choose_uploaders
from ranker.world.vocabulary import language_names

_FRESH_A_BURST = 0.012
"""Share of all videos that are uploads of one burst, but at most 30 each."""


@dataclass(frozen=True)
class Videos:
    """Facts of n videos, all arrays (n,). Public: uploader, uploaded_at, duration, resolution, reviewed.

    `song` is what is heard (`NONE`: a compilation, or no song that matters), `singer` who sings (`NONE`: an
    amateur), `about` the artist whom it is about. `quality` and `attraction` drive plays and clicks;
    `bait` marks a title that promises more than there is; `base` is plays from elsewhere, before and beside
    the log.
    """

    song: Ints
    kind: Ints
    singer: Ints
    about: Ints
    style: Ints
    language: Ints
    uploader: Ints
    uploaded_at: Ints
    duration: Floats
    resolution: Ints
    reviewed: Bools
    quality: Floats
    attraction: Floats
    bait: Bools
    base: Ints

    def take(self, rows: slice) -> "Videos":
        """A run of the videos."""
        return Videos(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def make_videos(
    artists: Artists,
    songs: Songs,
    uploaders: Uploaders,
    bursts: Bursts,
    size: WorldSize,
    clock: Clock,
    seed: int,
) -> Videos:
    """The videos, in no telling order."""
    generator = stream(seed, "videos")
    count = size.videos
    kind = draw_weighted(SHARES, count, generator)
    song = draw_weighted(songs.popularity**0.72, count, generator)
    uploaded_at = _upload_times(songs.released_at[song], clock, generator)
    _make_burst_videos(song, kind, uploaded_at, bursts, clock, generator)
    about = songs.artist[song].copy()
    singer = np.where(THEIRS[kind], about, NONE)
    stars = (kind == number("cover")) & (generator.random(count) < 0.18)
    singer[stars] = draw_weighted(artists.popularity**0.7, int(stars.sum()), generator)
    compilation = kind == number("compilation")
    style, language = songs.style[song].copy(), songs.language[song].copy()
    # The first burst is a song that becomes hot by covers in another language: 蜜雪冰城's Japanese one.
    abroad = (song == bursts.song[0]) & (kind == number("cover")) & (uploaded_at > bursts.start[0] - DAY_MS)
    language[abroad] = language_names().index("日语")
    song[compilation] = NONE
    other = kind == number("other")
    song[other], about[other], singer[other] = NONE, NONE, NONE
    uploader = choose_uploaders(uploaders, kind, about, len(artists.names), generator)
    quality = 0.7 * uploaders.charm[uploader] + 0.6 * generator.standard_normal(count)
    quality += 0.45 * np.isin(kind, [number("official"), number("live")])
    bait = generator.random(count) < uploaders.bait[uploader]
    attraction = 0.75 * generator.standard_normal(count) + 0.25 * quality + 1.25 * bait
    heat = _known(artists, songs, song, about, kind) + 0.5 * quality + 0.45 * attraction
    return Videos(
        song=song,
        kind=kind,
        singer=singer,
        about=about,
        style=style,
        language=language,
        uploader=uploader,
        uploaded_at=uploaded_at,
        duration=_durations(kind, generator),
        resolution=_resolutions(quality, uploaded_at, clock, generator),
        reviewed=generator.random(count) < np.where(uploader < len(artists.names), 0.97, 0.6),
        quality=quality - 0.7 * bait,
        attraction=attraction,
        bait=bait,
        base=_plays_elsewhere(heat, uploaded_at, clock, generator),
    )


def _upload_times(released_at: Ints, clock: Clock, generator: np.random.Generator) -> Ints:
    """Most uploads follow the song's release within years; one in twelve falls into the log itself."""
    count = len(released_at)
    age = generator.gamma(0.9, 420.0, count) * DAY_MS
    times = np.maximum(released_at + 1, clock.start - age.astype(np.int64))
    late = generator.random(count) < 1 / 12
    span = clock.end - clock.start
    times[late] = clock.start + (generator.random(int(late.sum())) * (span - HOUR_MS)).astype(np.int64)
    return np.asarray(times)


def _make_burst_videos(
    song: Ints, kind: Ints, uploaded_at: Ints, bursts: Bursts, clock: Clock, generator: np.random.Generator
) -> None:
    """Turn some rows, in place, into the fresh uploads of each burst: covers, dances, cuts within days."""
    fresh = int(min(30, max(6, len(song) * _FRESH_A_BURST)))
    rows = generator.permutation(len(song))
    kinds = np.array([number(name) for name in ("cover", "dance", "remix", "anime_cut", "reaction", "live")])
    for burst in range(len(bursts.song)):
        mine = rows[burst * fresh : (burst + 1) * fresh]
        song[mine] = bursts.song[burst]
        kind[mine] = kinds[draw_weighted(np.array([0.4, 0.2, 0.15, 0.1, 0.1, 0.05]), len(mine), generator)]
        delay = generator.gamma(1.3, 18.0, len(mine)) * HOUR_MS - 10 * HOUR_MS
        latest = clock.end - HOUR_MS
        uploaded_at[mine] = np.minimum(bursts.start[burst] + delay.astype(np.int64), latest)


def _durations(kind: Ints, generator: np.random.Generator) -> Floats:
    minutes = np.array([each.minutes for each in KINDS])[kind]
    seconds = 60.0 * minutes * np.exp(0.3 * generator.standard_normal(len(kind)))
    return np.asarray(np.round(np.maximum(seconds, 12.0), 1), dtype=np.float64)


def _resolutions(quality: Floats, uploaded_at: Ints, clock: Clock, generator: np.random.Generator) -> Ints:
    years = (clock.end - uploaded_at) / (365 * DAY_MS)
    level = 1.9 + 0.45 * quality - 0.3 * years + 0.8 * generator.standard_normal(len(quality))
    heights = np.array([360, 480, 720, 1080, 2160])
    return np.asarray(heights[np.clip(np.round(level), 0, 4).astype(np.int64)])


def _known(artists: Artists, songs: Songs, song: Ints, about: Ints, kind: Ints) -> Floats:
    """Log of how much a video's song, artist and kind draw of themselves, (n,)."""
    of_song = np.log(songs.popularity[song] / songs.popularity.mean())
    of_artist = np.log(artists.popularity[about] / artists.popularity.mean())
    known = 0.45 * np.where(song >= 0, of_song, 0.0) + 0.3 * np.where(about >= 0, of_artist, 0.0)
    return np.asarray(known + np.array([each.appeal for each in KINDS])[kind])


def _plays_elsewhere(heat: Floats, uploaded_at: Ints, clock: Clock, generator: np.random.Generator) -> Ints:
    """Plays that the log doesn't explain: log-normal about the heat, growing with age."""
    grown = np.log1p((clock.end - uploaded_at) / DAY_MS) - np.log(400.0)
    noise = 1.1 * generator.standard_normal(len(heat))
    return np.asarray(np.exp(8.6 + heat + 0.8 * grown + noise), dtype=np.int64)
