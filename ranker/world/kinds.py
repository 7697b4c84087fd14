"""Kinds of version that a music video comes in, and what each is asked for by."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class VersionKind:
    """One kind of version.

    `words`: what titles, tags and queries call it. `share`: of all videos. `plain`: serves a query that names
    no version. `about_artist`: serves a query that names just an artist. `theirs`: the music heard is by the
    song's own artist. `minutes`: median length. `appeal`: added to the log of its popularity.
    """

    name: str
    words: tuple[str, ...]
    share: float
    plain: bool
    about_artist: bool
    theirs: bool
    minutes: float
    appeal: float


KINDS = (
    VersionKind("official", ("MV", "官方MV", "音乐录影带"), 0.10, True, True, True, 4.1, 1.3),
    VersionKind("live", ("现场", "LIVE", "演唱会"), 0.15, True, True, True, 4.6, 0.6),
    VersionKind("cover", ("翻唱", "cover"), 0.19, True, False, False, 3.6, -0.1),
    VersionKind("dance", ("翻跳", "舞蹈", "编舞"), 0.08, False, False, True, 2.2, 0.1),
    VersionKind("remix", ("DJ版", "remix"), 0.08, True, False, True, 3.5, 0.0),
    VersionKind("teaching", ("教学", "吉他教学", "钢琴教学"), 0.07, False, False, False, 9.0, -0.5),
    VersionKind("anime_cut", ("AMV", "动漫混剪"), 0.08, False, False, True, 3.0, 0.1),
    VersionKind("reaction", ("reaction", "反应"), 0.06, False, False, True, 8.0, 0.0),
    VersionKind("lyric", ("歌词版", "动态歌词"), 0.09, True, True, True, 4.0, 0.0),
    VersionKind("compilation", ("合集", "串烧"), 0.05, False, True, True, 35.0, 0.2),
    VersionKind("other", ("日常", "vlog"), 0.05, False, False, True, 5.0, 0.0),
)

KIND_NAMES = tuple(kind.name for kind in KINDS)
PLAIN = np.array([kind.plain for kind in KINDS])
ABOUT_ARTIST = np.array([kind.about_artist for kind in KINDS])
THEIRS = np.array([kind.theirs for kind in KINDS])
SHARES = np.array([kind.share for kind in KINDS])


def number(name: str) -> int:
    """Index of a kind in `KINDS`."""
    return KIND_NAMES.index(name)
