"""Which artist, song and version a video is of: votes of its text and of the clicks it got.

Two titles in five name neither artist nor song, and some tags are wrong. The queries that got a video
clicked know better: a click under a query that names artist a is a vote for a. Per video, the artist
(the song title) with the most votes is kept, with its votes as trust:

    votes(a) = w_title·[a in title] + w_tag·[a in tags] + w_uploader·[uploader is a]
               + w_song·min(1, votes(title))/(songs of that title)·[a sings it]
               + w_click·ln(1 + clicks under a) + w_show·ln(1 + looks under a)

Of a song title likewise: in title, in tags, a mere word of the title (everyday phrases are titles too), its
lyrics quoted, and a vote more where the artist voted for so far has sung it.

A video that is shown under a although its text lacks a came by another route of the search that logged it:
that is evidence too, though a weaker one than a click.

The weights are ours, set by hand on a sample world; a tie goes to the smaller row.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ranker.features.counters import SumTable, unpair
from ranker.features.layout import get
from ranker.understanding.names import NONE, VERSIONS, CatalogNames

TITLE: Final = 2.0
UPLOADER: Final = 0.8
TAG: Final = 1.3
SONG: Final = 2.0
WORD: Final = 0.1
LYRICS: Final = 2.0
FITS: Final = 2.0
LEAST: Final = 0.25  # votes; fewer, and nothing is said
CLICK: Final = 1.0
SHOW: Final = 0.7
EXPECTED, CLICKS = 0, 1  # columns of the sums in the tables of `statistics.py`

_Vote = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]  # video, entity, votes
_Votes = list[_Vote]


def resolve(
    codes: npt.NDArray[np.int32],
    names: CatalogNames,
    artist_video: SumTable | None = None,
    title_video: SumTable | None = None,
) -> dict[str, npt.NDArray[Any]]:
    """Cells (n,) of artist, song_title, song, style, language, version, artist_trust and song_trust.

    Args:
        codes: The videos' pack `codes`, (n, width).
        names: The generation's artists and songs.
        artist_video: Sums by (artist row, video row) of queries that name the artist.
        title_video: Sums by (song title row, video row) of queries that name a song.
    """
    packs, count = {"codes": codes}, len(codes)
    artists: _Votes = [
        _listed(get(packs, "title_artists"), TITLE),
        _listed(get(packs, "tag_artists"), TAG),
        _listed(get(packs, "uploader_artist")[:, None], UPLOADER),
        *_clicked(artist_video, count),
    ]
    named, _ = _winner(artists, count)
    titles: _Votes = [
        _listed(get(packs, "title_songs"), TITLE),
        _listed(get(packs, "tag_songs"), TAG),
        _listed(get(packs, "word_songs"), WORD),
        _listed(get(packs, "lyrics_song")[:, None], LYRICS),
        *(_fitting(get(packs, name), named, names) for name in ("title_songs", "tag_songs", "word_songs")),
        *_clicked(title_video, count),
    ]
    song_title, song_trust = _winner(titles, count)
    artist, artist_trust = _winner([*artists, _sung(song_title, song_trust, names)], count)
    song = _song(song_title, artist, names)
    return {
        "artist": artist,
        "artist_trust": artist_trust,
        "song_title": song_title,
        "song_trust": song_trust,
        "song": song,
        "style": _of(song, names.style_of_song, artist, names.style_of_artist),
        "language": _of(song, names.language_of_song, artist, names.language_of_artist),
        "version": _version(packs),
    }


def _listed(rows: npt.NDArray[Any], weight: float) -> _Vote:
    video, place = np.nonzero(rows >= 0)
    return video, rows[video, place].astype(np.int64), np.full(len(video), weight)


def _clicked(table: SumTable | None, count: int) -> _Votes:
    if table is None or not len(table.keys):
        return []
    entity, video = unpair(table.keys)
    votes = CLICK * np.log1p(table.sums[:, CLICKS]) + SHOW * np.log1p(table.sums[:, EXPECTED])
    kept = video < count
    return [(video[kept], entity[kept], votes[kept])]


def _sung(
    song_title: npt.NDArray[np.int32], song_trust: npt.NDArray[np.float32], names: CatalogNames
) -> _Vote:
    """Votes for the artists who sing the resolved title, shared among its songs; fewer for a doubtful one."""
    if not len(names.title_of_song):
        empty = np.empty(0, np.int64)
        return empty, empty, np.empty(0)
    order = np.argsort(names.title_of_song, kind="stable")
    counts = np.bincount(names.title_of_song, minlength=len(names.titles))
    starts = np.concatenate(([0], np.cumsum(counts)))
    video = np.flatnonzero(song_title >= 0)
    title = song_title[video]
    many = counts[title]
    owner = np.repeat(video, many)
    offset = np.arange(len(owner)) - np.repeat(np.cumsum(many) - many, many)
    artist = names.artist_of_song[order[np.repeat(starts[title], many) + offset]]
    known = artist >= 0
    shared = SONG * np.minimum(song_trust[owner], 1.0) / np.repeat(many, many)
    return owner[known], artist[known].astype(np.int64), shared[known]


def _fitting(rows: npt.NDArray[np.int32], artist: npt.NDArray[np.int32], names: CatalogNames) -> _Vote:
    """Votes for those of the song titles (n, width) that the artist (n,) has sung."""
    video, place = np.nonzero((rows >= 0) & (artist >= 0)[:, None])
    title = rows[video, place].astype(np.int64)
    sings = np.unique(_work(names.title_of_song, names.artist_of_song, names))
    hit = np.isin(_work(title, artist[video], names), sings)
    return video[hit], title[hit], np.full(int(hit.sum()), FITS)


def _work(title: npt.NDArray[Any], artist: npt.NDArray[Any], names: CatalogNames) -> npt.NDArray[np.int64]:
    """One number of each (title, artist), the artist -1 included."""
    return np.asarray(title.astype(np.int64) * (len(names.artists) + 1) + artist + 1)


def _winner(votes: _Votes, count: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    video = np.concatenate([vote[0] for vote in votes])
    entity = np.concatenate([vote[1] for vote in votes])
    weight = np.concatenate([vote[2] for vote in votes])
    keys, inverse = np.unique((video << 32) | entity, return_inverse=True)
    total = np.bincount(inverse, weight, minlength=len(keys))
    video = keys >> 32
    order = np.lexsort((keys & 0xFFFFFFFF, -total, video))
    first = np.unique(video[order], return_index=True)
    winner = np.full(count, NONE, np.int32)
    trust = np.zeros(count, np.float32)
    winner[first[0]] = (keys & 0xFFFFFFFF)[order][first[1]]
    trust[first[0]] = total[order][first[1]]
    doubtful = trust < LEAST
    winner[doubtful], trust[doubtful] = NONE, 0.0
    return winner, trust


def _song(
    song_title: npt.NDArray[np.int32], artist: npt.NDArray[np.int32], names: CatalogNames
) -> npt.NDArray[np.int32]:
    """The song of that title by that artist; of a title that one song bears, that song."""
    found = np.full(len(song_title), NONE, np.int32)
    if not len(names.title_of_song):
        return found
    alone = np.full(len(names.titles), NONE, np.int64)
    alone[names.title_of_song] = np.arange(len(names.title_of_song))
    alone[np.bincount(names.title_of_song, minlength=len(names.titles)) > 1] = NONE
    titled = np.flatnonzero(song_title >= 0)
    found[titled] = alone[song_title[titled]]
    pairs = _work(names.title_of_song, names.artist_of_song, names)
    order = np.argsort(pairs, kind="stable")
    wanted = _work(song_title[titled], artist[titled], names)
    at = np.minimum(np.searchsorted(pairs[order], wanted), len(order) - 1)
    hit = (pairs[order][at] == wanted) & (artist[titled] >= 0)
    found[titled[hit]] = order[at[hit]]
    return found


def _of(
    song: npt.NDArray[np.int32],
    by_song: npt.NDArray[np.int32],
    artist: npt.NDArray[np.int32],
    by_artist: npt.NDArray[np.int32],
) -> npt.NDArray[np.int32]:
    found = np.full(len(song), NONE, np.int32)
    if len(by_artist):
        found[artist >= 0] = by_artist[artist[artist >= 0]]
    if len(by_song):
        of_song = by_song[song[song >= 0]]
        found[song >= 0] = np.where(of_song >= 0, of_song, found[song >= 0])
    return found


def _version(packs: dict[str, npt.NDArray[Any]]) -> npt.NDArray[np.int32]:
    """The last of `VERSIONS` that the title names, else the tags, else the uploader's name."""
    version = np.full(len(packs["codes"]), NONE, np.int32)
    for name in ("uploader_versions", "tag_versions", "title_versions"):
        bits = get(packs, name)
        named = np.flatnonzero(bits)
        for row in range(len(VERSIONS)):  # a later kind is rarer and says more than "MV" or "live" beside it
            version[named[(bits[named] >> row) & 1 == 1]] = row
    return version
