"""Query × video: do the words, the artist, the song, the version and the style fit, and what did clicks say?

These are the relevance model's `match_features`; the ranking model sees them too.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ranker.features.batch import Batch
from ranker.features.cells import Cells
from ranker.features.feature import Block, Feature
from ranker.features.layout import HISTORY_SUMS
from ranker.features.priors import VIDEO, Priors
from ranker.features.statistics import CLICKS, EXPECTED, WATCH
from ranker.features.transforms import log2p1, log2p1_of, log_lift, log_lifts, smoothed_rate
from ranker.understanding.names import NONE, VERSIONS

Array = npt.NDArray[Any]
_AT: Final = {name: i for i, name in enumerate(HISTORY_SUMS)}

TEXT: Final = (
    Feature(
        "title_coverage", "rate", "share of the query's term weight that stands in the title", leak="request"
    ),
    Feature("text_coverage", "rate", "share of the query's term weight in title or tags", leak="request"),
    Feature(
        "any_coverage",
        "rate",
        "share of the query's term weight in title, tags or uploader's name",
        leak="request",
    ),
    Feature("all_terms", "flag", "every term of the query stands in title or tags", leak="request"),
    Feature("matched_weight", "real", "weight of the terms in title or tags", unit="idf", leak="request"),
    Feature(
        "missing_weight",
        "real",
        "largest weight of a term in neither title nor tags",
        unit="idf",
        leak="request",
    ),
    Feature(
        "title_density", "rate", "terms of the query in the title, over the title's terms", leak="request"
    ),
)
ARTIST: Final = (
    Feature("artist_in_title", "rate", "trust of an artist wanted whom the title names", leak="request"),
    Feature("artist_in_tags", "rate", "trust of an artist wanted whom the tags name", leak="request"),
    Feature(
        "artist_uploads", "rate", "trust of an artist wanted whose name the uploader bears", leak="request"
    ),
    Feature("artist_resolved", "rate", "trust of an artist wanted whom the video is resolved to", leak="day"),
    Feature("artist_other", "flag", "an artist is wanted and the title names others only", leak="request"),
    Feature(
        "artist_resolved_other",
        "flag",
        "an artist is wanted and the video is resolved to another",
        leak="day",
    ),
)
ARTIST_TRUST: Final = (
    Feature("artist_trust", "count", "evidence for the video's artist", unit="votes", leak="day"),
)
SONG: Final = (
    Feature("song_in_title", "rate", "trust of a song title wanted that the title names", leak="request"),
    Feature("song_in_tags", "rate", "trust of a song title wanted that the tags name", leak="request"),
    Feature(
        "song_title_resolved",
        "rate",
        "trust of a song title wanted that the video is resolved to",
        leak="day",
    ),
    Feature("song_resolved", "rate", "trust of a song wanted that the video is resolved to", leak="day"),
    Feature(
        "song_as_word", "rate", "trust of a song title wanted that is a word of the title", leak="request"
    ),
    Feature(
        "song_by_lyrics", "rate", "trust of a song title wanted whose lyrics the title quotes", leak="request"
    ),
    Feature("song_other", "flag", "a song is wanted and the title names others only", leak="request"),
    Feature(
        "song_resolved_other",
        "flag",
        "a song is wanted and the video is resolved to another title",
        leak="day",
    ),
    Feature(
        "song_by_wanted",
        "flag",
        "the resolved artist sings the song wanted, though the song isn't told",
        leak="day",
    ),
)
SONG_TRUST: Final = (
    Feature("song_trust", "count", "evidence for the video's song", unit="votes", leak="day"),
)
WANTS: Final = (
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
    Feature("version_in_title", "flag", "a version wanted that the title names", leak="request"),
    Feature("version_in_tags", "flag", "a version wanted that tags or uploader's name name", leak="request"),
    Feature("version_resolved", "flag", "the version wanted is the video's", leak="request"),
    Feature("version_other", "flag", "a version is wanted and the video's is another", leak="request"),
)
IS_VERSION: Final = tuple(
    Feature(f"is_{name}", "flag", f"the video's version is {name}") for name in VERSIONS
)
WANTS_VERSION: Final = tuple(
    Feature(f"wants_{name}", "flag", f"the query asks for {name}", leak="request") for name in VERSIONS
)
STYLE: Final = (
    Feature("style_fits", "flag", "the video's style is one that the query names", leak="day"),
    Feature("language_fits", "flag", "the video's language is one that the query names", leak="day"),
    Feature("style_other", "flag", "a style is wanted and the video's is another", leak="day"),
    Feature("language_other", "flag", "a language is wanted and the video's is another", leak="day"),
    Feature("style_spoken", "flag", "title or tags speak of a style that the query names", leak="request"),
    Feature("language_spoken", "flag", "title or tags speak of a language the query names", leak="request"),
)
TERM_LIFTS: Final = (
    Feature("style_lift", "lift", "clicks under the query's terms on the video's style", leak="day"),
    Feature("language_lift", "lift", "clicks under the query's terms on the video's language", leak="day"),
    Feature("version_lift", "lift", "clicks under the query's terms on the video's version", leak="day"),
)
CLICKED: Final = (
    Feature("query_video_lift", "lift", "click rate of this video under this query", leak="day"),
    Feature("query_video_looks", "count", "looks at this video under this query", unit="looks", leak="day"),
    Feature("artist_video_lift", "lift", "click rate of this video under the artist wanted", leak="day"),
    Feature(
        "artist_video_looks", "count", "looks at this video under the artist wanted", unit="looks", leak="day"
    ),
    Feature("title_video_lift", "lift", "click rate of this video under the song wanted", leak="day"),
    Feature(
        "title_video_looks", "count", "looks at this video under the song wanted", unit="looks", leak="day"
    ),
    Feature(
        "entity_watch",
        "count",
        "shares watched under the artist or song wanted",
        unit="whole plays",
        leak="day",
    ),
)
CLICKED_EVER: Final = (
    Feature("video_lift", "lift", "click rate of this video under all queries", leak="day"),
    Feature("video_looks", "count", "looks at this video under all queries", unit="looks", leak="day"),
)
FEATURES: Final = (
    *(*TEXT, *ARTIST, *ARTIST_TRUST, *SONG, *SONG_TRUST, *WANTS),
    *(*VERSION, *IS_VERSION, *WANTS_VERSION, *STYLE, *TERM_LIFTS, *CLICKED, *CLICKED_EVER),
)
_MOST_BITS: Final = 31
_EACH_VERSION: Final = np.arange(len(VERSIONS))[:, None]


def _text(batch: Batch, priors: Priors) -> list[Any]:
    del priors
    weights = batch.query.weights
    if not len(weights):
        return []
    hits = batch.term_hits
    title, text, _ = hits
    total = max(float(weights.sum()), 1e-6)
    in_title, in_text, in_any = weights @ hits
    return [
        in_title / total,
        in_text / total,
        in_any / total,
        text.all(axis=0),
        in_text,
        np.where(text, 0.0, weights[:, None]).max(axis=0),
        title.sum(axis=0) / batch.number("title_length_in_terms"),
    ]


def _artist(batch: Batch, priors: Priors) -> list[Any]:
    del priors
    wanted = batch.query.artists, batch.query.artist_trust
    if not len(batch.query.artists):
        return []
    in_title, in_tags = batch.trusts(("title_artists", "tag_artists"), *wanted)
    uploads, resolved = batch.trusts(("uploader_artist", "artist"), *wanted)
    return [
        in_title,
        in_tags,
        uploads,
        resolved,
        (in_title == 0) & (batch.column("title_artists") != NONE),
        (resolved == 0) & (batch.column("artist") != NONE),
    ]


def _artist_trust(cells: Cells, priors: Priors) -> list[Any]:
    del priors
    return [log2p1(cells.take("artist_trust"))]


def _song(batch: Batch, priors: Priors) -> list[Any]:
    del priors
    query = batch.query
    titles = query.titles, query.title_trust
    if not len(query.titles):  # songs are there with their titles only
        return []
    in_title, in_tags, as_word = batch.trusts(("title_songs", "tag_songs", "word_songs"), *titles)
    resolved, by_lyrics = batch.trusts(("song_title", "lyrics_song"), *titles)
    (song,) = batch.trusts(("song",), query.songs, query.song_trust)
    return [
        in_title,
        in_tags,
        resolved,
        song,
        as_word,
        by_lyrics,
        (in_title == 0) & (batch.column("title_songs") != NONE),
        (resolved == 0) & (batch.column("song_title") != NONE),
        (song == 0) & _sings(batch),
    ]


def _sings(batch: Batch) -> npt.NDArray[np.bool_]:
    """Whether the resolved artist is the original artist of a song wanted."""
    artists = batch.columns.names.artist_of_song[batch.query.songs]
    return np.asarray((batch.column("artist") == artists[artists >= 0][:, None]).any(axis=0))


def _song_trust(cells: Cells, priors: Priors) -> list[Any]:
    del priors
    return [log2p1(cells.take("song_trust"))]


def _wants(batch: Batch, priors: Priors) -> list[Any]:
    del priors
    query = batch.query
    wants_artist, wants_song = len(query.artists) > 0, len(query.titles) > 0
    return [
        wants_artist,
        wants_song,
        query.versions != 0,
        not wants_artist and not wants_song and len(query.styles) + len(query.languages) > 0,
        query.guessed,
        log2p1_of(len(query.songs)),
    ]


def _version(batch: Batch, priors: Priors) -> list[Any]:
    del priors
    wanted = batch.query.versions
    if not wanted:
        return []
    version = batch.column("version")
    resolved = (wanted >> np.maximum(version, 0)) & 1 == 1
    resolved &= version >= 0
    return [
        (batch.column("title_versions") & wanted) != 0,
        (batch.column("other_versions") & wanted) != 0,
        resolved,
        ~resolved & (version >= 0),
    ]


def _is_version(cells: Cells, priors: Priors) -> list[Any]:
    del priors
    return list(cells.take("version") == _EACH_VERSION)


def _wants_version(batch: Batch, priors: Priors) -> list[Any]:
    del priors
    return [(batch.query.versions >> row) & 1 for row in range(len(VERSIONS))]


def _style(batch: Batch, priors: Priors) -> list[Any]:
    del priors
    query = batch.query
    if not len(query.styles) and not len(query.languages):
        return []
    style, language = batch.column("style"), batch.column("language")
    fits, speaks = _in(style, query.styles), _in(language, query.languages)
    return [
        fits,
        speaks,
        (len(query.styles) > 0) & ~fits & (style >= 0),
        (len(query.languages) > 0) & ~speaks & (language >= 0),
        (batch.column("style_bits") & _bits(query.styles)) != 0,
        (batch.column("language_bits") & _bits(query.languages)) != 0,
    ]


def _bits(rows: npt.NDArray[np.int64]) -> int:
    return sum(1 << row for row in rows.tolist() if row < _MOST_BITS)


def _in(values: Array, wanted: npt.NDArray[np.int64]) -> Array:
    return np.asarray((values == wanted[:, None]).any(axis=0))


def _term_lifts(batch: Batch, priors: Priors) -> Array:
    lifts = batch.of_query.get("term_lifts")
    if lifts is None:
        lifts = batch.of_query["term_lifts"] = _lifts_of_kinds(batch, priors)
    dealt: Array = lifts.take(batch.kinds)
    return dealt


def _lifts_of_kinds(batch: Batch, priors: Priors) -> npt.NDArray[np.float32]:
    """Mean over the query's terms of ln(click rate of the term on a kind / of the term), (kinds + 1,).

    The last is that of an unknown kind: 0.
    """
    kinds = batch.statistics.kinds
    lifts = np.zeros(kinds.count + 1, np.float32)
    terms = batch.query.terms.tolist()
    if terms:
        sums = np.stack([batch.statistics.tables["of_term"].of(term) for term in terms])
        alpha, beta = priors.get("of_term", "click")
        rate = smoothed_rate(sums[:, CLICKS], sums[:, EXPECTED], alpha, beta)[:, None]
        strength = alpha + beta
        of_kind = (kinds.clicks(sums) + strength * rate) / (kinds.looks(sums) + strength)
        lifts[:-1] = np.log(of_kind / rate).mean(axis=0)
    return lifts


def _clicked(batch: Batch, priors: Priors) -> list[Any]:
    sums = np.stack([_largest(batch.pair_sums[table]) for table, _ in _UNDER])
    looks = sums[..., EXPECTED]
    lifts = log_lifts(sums[..., CLICKS], looks, priors.lifts(*_UNDER))
    watch = np.maximum(sums[1, :, WATCH], sums[2, :, WATCH])
    *looked, watched = log2p1(np.stack((*looks, watch)))
    return [*(value for pair in zip(lifts, looked, strict=True) for value in pair), watched]


_UNDER: Final = (("query_video", "click"), ("artist_video", "click"), ("title_video", "click"))


def _largest(sums: Array) -> Array:
    """Of (wanted, n, values) the wanted one with the most clicks, then looks, each candidate for itself."""
    if len(sums) == 1:
        first: Array = sums[0]
        return first
    if not len(sums):
        return np.zeros(sums.shape[1:], np.float32)
    best = np.argmax(sums[..., CLICKS] * 1e3 + sums[..., EXPECTED], axis=0)
    return np.asarray(sums[best, np.arange(sums.shape[1])])


def _clicked_ever(cells: Cells, priors: Priors) -> list[Any]:
    history = cells.take("history")
    expected, clicks = history[:, _AT["expected_clicks"]], history[:, _AT["clicks"]]
    return [log_lift(clicks, expected, *priors.get(VIDEO, "click")), log2p1(expected)]


BLOCKS: Final = (
    Block("candidate", TEXT, _text),
    Block("candidate", ARTIST, _artist),
    Block("video", ARTIST_TRUST, _artist_trust),
    Block("candidate", SONG, _song),
    Block("video", SONG_TRUST, _song_trust),
    Block("query", WANTS, _wants),
    Block("candidate", VERSION, _version),
    Block("video", IS_VERSION, _is_version),
    Block("query", WANTS_VERSION, _wants_version),
    Block("candidate", STYLE, _style),
    Block("candidate", TERM_LIFTS, _term_lifts),
    Block("candidate", CLICKED, _clicked),
    Block("video", CLICKED_EVER, _clicked_ever),
)
