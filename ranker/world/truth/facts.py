"""The facts T, S, I, A of a query and a video, as a careful person would judge them, and so the tier.

S, semantic relation: the song asked for, in whatever version; any song of the title asked for; where just
an artist is asked for, that artist as singer or as whose song it is; where a style is asked for, that style
(and language).
I, intent match: the version asked for, else one that serves plain listening; and the artist asked for, if
any, is heard (for covers and lessons: it is the artist's song).
A, alias: the query names the artist by an alias, and the artist is heard.
T, term match, is looked up in title and tags by the caller.
"""

from dataclasses import dataclass

import numpy as np

from ranker.catalog.tier import tiers
from ranker.world.arrays import Bools, Ints, Tiers
from ranker.world.kinds import ABOUT_ARTIST, PLAIN, THEIRS, number
from ranker.world.music import Songs
from ranker.world.queries import Queries
from ranker.world.videos import Videos

_COVER, _COMPILATION, _OTHER = number("cover"), number("compilation"), number("other")
_BROWSED = PLAIN.copy()
_BROWSED[_COMPILATION] = True


@dataclass(frozen=True)
class Judge:
    """Judges pairs of a query (row of `queries`) and a video (row of `videos`)."""

    queries: Queries
    videos: Videos
    songs: Songs

    def tiers(self, query: Ints, video: Ints, term: Bools) -> Tiers:
        """Tiers of n pairs, given their term match."""
        return tiers(term, self.semantic(query, video), self.intent(query, video), self.alias(query, video))

    def semantic(self, query: Ints, video: Ints) -> Bools:
        """Fact S of n pairs."""
        q, v = self.queries, self.videos
        song = v.song[video]
        by_song = (song == q.song[query]) & (song >= 0)
        title = np.where(song >= 0, self.songs.title[np.maximum(song, 0)], -2)
        by_title = title == q.title[query]
        artist = q.artist[query]
        by_artist = (v.singer[video] == artist) | (v.about[video] == artist)
        style_fits = v.style[video] == q.style[query]
        language_fits = (q.language[query] < 0) | (v.language[video] == q.language[query])
        by_style = style_fits & language_fits & (v.kind[video] != _OTHER)
        return np.select(
            [q.song[query] >= 0, q.title[query] >= 0, artist >= 0, q.style[query] >= 0],
            [by_song, by_title, by_artist, by_style],
            default=False,
        )

    def intent(self, query: Ints, video: Ints) -> Bools:
        """Fact I of n pairs."""
        q, v = self.queries, self.videos
        kind, version, artist = v.kind[video], q.version[query], q.artist[query]
        names_work = (q.song[query] >= 0) | (q.title[query] >= 0)
        own_cover = (kind == _COVER) & (v.singer[video] == artist)
        unmarked = np.select(
            [names_work, artist >= 0], [PLAIN[kind], ABOUT_ARTIST[kind] | own_cover], default=_BROWSED[kind]
        )
        version_fits = np.where(version >= 0, kind == version, unmarked)
        voice = np.where((version >= 0) & ~THEIRS[version], v.about[video], v.singer[video])
        return np.asarray(version_fits & ((artist < 0) | (voice == artist)))

    def alias(self, query: Ints, video: Ints) -> Bools:
        """Fact A of n pairs."""
        heard = self.videos.singer[video] == self.queries.artist[query]
        return np.asarray(self.queries.by_alias[query] & heard)
