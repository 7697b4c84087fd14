"""Query × video: do the words, the artist, the song, the version and the style fit, and what did clicks say?

These are the relevance model's `match_features`; the ranking model sees them too.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ranker.features.batch import Batch
from ranker.features.feature import Feature
from ranker.features.layout import HISTORY_SUMS
from ranker.features.priors import VIDEO, Priors
from ranker.features.statistics import CLICKS, EXPECTED, WATCH
from ranker.features.transforms import log2p1, log_lift, smoothed_rate
from ranker.understanding.names import NONE, VERSIONS

Array = npt.NDArray[Any]
_AT: Final = {name: i for i, name in enumerate(HISTORY_SUMS)}

TEXT: Final = (
    Feature("title_coverage", "rate", "share of the query's term weight that stands in the title"),
    Feature("text_coverage", "rate", "share of the query's term weight in title or tags"),
    Feature("any_coverage", "rate", "share of the query's term weight in title, tags or uploader's name"),
    Feature("all_terms", "flag", "every term of the query stands in title or tags"),
    Feature("matched_weight", "real", "weight of the terms in title or tags", unit="idf"),
    Feature("missing_weight", "real", "largest weight of a term in neither title nor tags", unit="idf"),
    Feature("title_density", "rate", "terms of the query in the title, over the title's terms"),
)
ENTITIES: Final = (
    Feature("artist_in_title", "rate", "trust of an artist wanted whom the title names"),
    Feature("artist_in_tags", "rate", "trust of an artist wanted whom the tags name"),
    Feature("artist_uploads", "rate", "trust of an artist wanted whose name the uploader bears"),
    Feature("artist_resolved", "rate", "trust of an artist wanted whom the video is resolved to"),
    Feature("artist_other", "flag", "an artist is wanted and the title names others only"),
    Feature("artist_resolved_other", "flag", "an artist is wanted and the video is resolved to another"),
    Feature("artist_trust", "count", "evidence for the video's artist", unit="votes"),
    Feature("song_in_title", "rate", "trust of a song title wanted that the title names"),
    Feature("song_in_tags", "rate", "trust of a song title wanted that the tags name"),
    Feature("song_title_resolved", "rate", "trust of a song title wanted that the video is resolved to"),
    Feature("song_resolved", "rate", "trust of a song wanted that the video is resolved to"),
    Feature("song_as_word", "rate", "trust of a song title wanted that is a word of the title"),
    Feature("song_by_lyrics", "rate", "trust of a song title wanted whose lyrics the title quotes"),
    Feature("song_other", "flag", "a song is wanted and the title names others only"),
    Feature("song_resolved_other", "flag", "a song is wanted and the video is resolved to another title"),
    Feature(
        "song_by_wanted", "flag", "the resolved artist sings the song wanted, though the song isn't told"
    ),
    Feature("song_trust", "count", "evidence for the video's song", unit="votes"),
    Feature("wants_artist", "flag", "the query names an artist", leak="request"),
    Feature("wants_song", "flag", "the query names a song", leak="request"),
    Feature("wants_version", "flag", "the query names a version", leak="request"),
    Feature(
        "wants_style", "flag", "the query names a style or a language and no artist or song", leak="request"
    ),
    Feature("guessed", "flag", "the query's names were guessed from sound, slip or lyrics", leak="request"),
    Feature("ambiguity", "count", "songs that the query may mean", unit="songs", leak="request"),
)
VERSION: Final = (
    Feature("version_in_title", "flag", "a version wanted that the title names"),
    Feature("version_in_tags", "flag", "a version wanted that tags or uploader's name name"),
    Feature("version_resolved", "flag", "the version wanted is the video's"),
    Feature("version_other", "flag", "a version is wanted and the video's is another"),
    *(Feature(f"is_{name}", "flag", f"the video's version is {name}") for name in VERSIONS),
    *(Feature(f"wants_{name}", "flag", f"the query asks for {name}", leak="request") for name in VERSIONS),
)
STYLE: Final = (
    Feature("style_fits", "flag", "the video's style is one that the query names"),
    Feature("language_fits", "flag", "the video's language is one that the query names"),
    Feature("style_other", "flag", "a style is wanted and the video's is another"),
    Feature("language_other", "flag", "a language is wanted and the video's is another"),
    Feature("style_spoken", "flag", "title or tags speak of a style that the query names"),
    Feature("language_spoken", "flag", "title or tags speak of a language that the query names"),
    Feature("style_lift", "lift", "clicks under the query's terms on the video's style", leak="day"),
    Feature("language_lift", "lift", "clicks under the query's terms on the video's language", leak="day"),
    Feature("version_lift", "lift", "clicks under the query's terms on the video's version", leak="day"),
)
CLICKED: Final = (
    Feature("query_video_lift", "lift", "click rate of this video under this query", leak="day"),
    Feature("query_video_looks", "count", "looks at this video under this query", leak="day"),
    Feature("artist_video_lift", "lift", "click rate of this video under the artist wanted", leak="day"),
    Feature("artist_video_looks", "count", "looks at this video under the artist wanted", leak="day"),
    Feature("title_video_lift", "lift", "click rate of this video under the song wanted", leak="day"),
    Feature("title_video_looks", "count", "looks at this video under the song wanted", leak="day"),
    Feature("entity_watch", "count", "shares watched under the artist or song wanted", leak="day"),
    Feature("video_lift", "lift", "click rate of this video under all queries", leak="day"),
    Feature("video_looks", "count", "looks at this video under all queries", leak="day"),
)
_ARTIST_COLUMNS: Final = ("title_artists", "tag_artists", "uploader_artist", "artist")
_SONG_COLUMNS: Final = ("title_songs", "tag_songs", "song_title", "word_songs", "lyrics_song")
_MOST_BITS: Final = 31
_EACH_VERSION: Final = np.arange(len(VERSIONS))[:, None]
FEATURES: Final = (*TEXT, *ENTITIES, *VERSION, *STYLE, *CLICKED)


def compute(batch: Batch, priors: Priors) -> list[Any]:
    """Values of `FEATURES`, in order: arrays (n,) or numbers that hold for all candidates."""
    return [
        *_text(batch),
        *_entities(batch),
        *_version(batch),
        *_style(batch, priors),
        *_clicked(batch, priors),
    ]


def _text(batch: Batch) -> list[Any]:
    weights = batch.query.weights
    if not len(weights):
        return [0.0] * len(TEXT)
    title, tags, uploader = batch.term_hits
    text = title | tags
    total = max(float(weights.sum()), 1e-6)
    matched = weights @ text
    length = np.count_nonzero(batch.take("title_terms"), axis=1)
    return [
        weights @ title / total,
        matched / total,
        weights @ (text | uploader) / total,
        text.all(axis=0),
        matched,
        np.where(text, 0.0, weights[:, None]).max(axis=0),
        title.sum(axis=0) / np.maximum(length, 1),
    ]


def _entities(batch: Batch) -> list[Any]:
    query = batch.query
    artists, songs = (query.artists, query.artist_trust), (query.titles, query.title_trust)
    wants_artist, wants_song = len(query.artists) > 0, len(query.titles) > 0
    wants_style = not wants_artist and not wants_song and len(query.styles) + len(query.languages) > 0
    in_title, in_tags, uploads, resolved = batch.trusts(_ARTIST_COLUMNS, *artists)
    song_in_title, song_in_tags, song_title, as_word, by_lyrics = batch.trusts(_SONG_COLUMNS, *songs)
    (song,) = batch.trusts(("song",), query.songs, query.song_trust)
    return [
        in_title,
        in_tags,
        uploads,
        resolved,
        wants_artist & (in_title == 0) & (batch.take("title_artists")[:, 0] != NONE),
        wants_artist & (resolved == 0) & (batch.take("artist") != NONE),
        log2p1(batch.take("artist_trust")),
        song_in_title,
        song_in_tags,
        song_title,
        song,
        as_word,
        by_lyrics,
        wants_song & (song_in_title == 0) & (batch.take("title_songs")[:, 0] != NONE),
        wants_song & (song_title == 0) & (batch.take("song_title") != NONE),
        (song == 0) & _sings(batch),
        log2p1(batch.take("song_trust")),
        wants_artist,
        wants_song,
        query.versions != 0,
        wants_style,
        query.guessed,
        log2p1(np.array(len(query.songs))),
    ]


def _sings(batch: Batch) -> npt.NDArray[np.bool_]:
    """Whether the resolved artist is the original artist of a song wanted."""
    songs = batch.query.songs
    if not len(songs):
        return np.zeros(batch.count, bool)
    artists = batch.columns.names.artist_of_song[songs]
    return np.asarray((batch.take("artist")[None, :] == artists[artists >= 0][:, None]).any(axis=0))


def _version(batch: Batch) -> list[Any]:
    wanted = batch.query.versions
    version = batch.take("version")
    resolved = (wanted >> np.maximum(version, 0)) & 1 == 1
    resolved &= version >= 0
    elsewhere = batch.take("tag_versions") | batch.take("uploader_versions")
    return [
        (batch.take("title_versions") & wanted) != 0,
        (elsewhere & wanted) != 0,
        resolved,
        (wanted != 0) & ~resolved & (version >= 0),
        *(version[None, :] == _EACH_VERSION),
        *(bool((wanted >> row) & 1) for row in range(len(VERSIONS))),
    ]


def _style(batch: Batch, priors: Priors) -> list[Any]:
    query = batch.query
    style, language = batch.take("style"), batch.take("language")
    lifts = _term_lifts(batch, priors)
    starts = batch.statistics.kinds.starts
    values = zip((style, language, batch.take("version")), starts, strict=True)
    return [
        fits := _in(style, query.styles),
        speaks := _in(language, query.languages),
        (len(query.styles) > 0) & ~fits & (style >= 0),
        (len(query.languages) > 0) & ~speaks & (language >= 0),
        (batch.take("style_bits") & _bits(query.styles)) != 0,
        (batch.take("language_bits") & _bits(query.languages)) != 0,
        *(lifts[np.where(value >= 0, value + start, -1)] for value, start in values),
    ]


def _bits(rows: npt.NDArray[np.int64]) -> int:
    return sum(1 << row for row in rows.tolist() if row < _MOST_BITS)


def _in(values: Array, wanted: npt.NDArray[np.int64]) -> Array:
    if not len(wanted):
        return np.zeros(len(values), bool)
    hit: Array = (values[None, :] == wanted[:, None]).any(axis=0)
    return hit


def _term_lifts(batch: Batch, priors: Priors) -> Array:
    """Mean over the query's terms of ln(click rate of the term on a kind / of the term), (kinds + 1,).

    The last is that of an unknown kind: 0.
    """
    kinds = batch.statistics.kinds
    lifts = np.zeros(kinds.count + 1)
    terms = batch.query.terms.astype(np.int64)
    if len(terms):
        sums = batch.statistics.tables["of_term"].lookup(terms, np.zeros_like(terms))
        alpha, beta = priors.get("of_term", "click")
        rate = smoothed_rate(sums[:, CLICKS], sums[:, EXPECTED], alpha, beta)[:, None]
        strength = alpha + beta
        of_kind = (kinds.clicks(sums) + strength * rate) / (kinds.looks(sums) + strength)
        lifts[:-1] = np.log(of_kind / rate).mean(axis=0)
    return lifts


def _clicked(batch: Batch, priors: Priors) -> list[Any]:
    query, built = batch.query, batch.built
    under_query = batch.sums_with("query_video", query.key, built)
    under_artist = _largest(batch, "artist_video", query.artists)
    under_title = _largest(batch, "title_video", query.titles)
    history = batch.take("history")
    values: list[Any] = []
    for table, sums in (
        ("query_video", under_query),
        ("artist_video", under_artist),
        ("title_video", under_title),
    ):
        values += [
            log_lift(sums[:, CLICKS], sums[:, EXPECTED], *priors.get(table, "click")),
            log2p1(sums[:, EXPECTED]),
        ]
    expected, clicks = history[:, _AT["expected_clicks"]], history[:, _AT["clicks"]]
    return [
        *values,
        log2p1(np.maximum(under_artist[:, WATCH], under_title[:, WATCH])),
        log_lift(clicks, expected, *priors.get(VIDEO, "click")),
        log2p1(expected),
    ]


def _largest(batch: Batch, table: str, wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Sums of the wanted entity with the most clicks, then looks, each candidate for itself, (n, values)."""
    if not len(wanted):
        return batch.sums_with(table, NONE, batch.built)
    if len(wanted) == 1:
        return batch.sums_with(table, int(wanted[0]), batch.built)
    sums = np.stack([batch.sums_with(table, row, batch.built) for row in wanted.tolist()])
    best = np.argmax(sums[..., CLICKS] * 1e3 + sums[..., EXPECTED], axis=0)
    return np.asarray(sums[best, np.arange(batch.count)])
