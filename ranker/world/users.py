"""Listeners: what a site knows of them, and, apart, what they like."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from ranker.world.arrays import NONE, Bools, Floats, Ints, draw_weighted
from ranker.world.clock import DAY_MS, Clock
from ranker.world.kinds import KINDS
from ranker.world.music import FACTORS, Artists
from ranker.world.randomness import stream
from ranker.world.size import WorldSize
from ranker.world.vocabulary import language_names, style_names

AGE_BANDS = ("<18", "18-24", "25-30", "31-40", "41+")
CITY_TIERS = (1, 2, 3, 4)
DEVICES = ("phone", "tablet", "desktop")
FAVOURITES = 5
UNSEEN_SHARE = 0.15
"""Listeners who never search within the log: those for whom evaluation asks as strangers."""


@dataclass(frozen=True)
class Users:
    """Listeners. Public: age band, city, sign-up. Truth: all the rest.

    `taste` (n, 8) points into the artists' space; `favourites` (n, 5) are artists (`NONE`: fewer);
    `kind`, `style`, `language` are liking of each, around 0; `clicky` is how readily one clicks at all.
    """

    age_band: Ints
    city_tier: Ints
    signup_at: Ints
    activity: Floats
    seen: Bools
    device: Ints
    taste: Floats
    favourites: Ints
    kind: Floats
    style: Floats
    language: Floats
    clicky: Floats

    def table(self) -> pl.DataFrame:
        """The public table."""
        return pl.DataFrame(
            {
                "user_id": user_ids(len(self.age_band)),
                "age_band": [AGE_BANDS[band] for band in self.age_band],
                "city_tier": np.array(CITY_TIERS, np.int32)[self.city_tier],
                "signup_at": self.signup_at,
            }
        )


def user_ids(count: int) -> list[str]:
    """Identities of the first `count` listeners."""
    return [f"u{index}" for index in range(count)]


def make_users(artists: Artists, size: WorldSize, clock: Clock, seed: int) -> Users:
    """The listeners: two styles each that they lean to, and up to five artists whom they love."""
    generator = stream(seed, "users")
    count, styles, languages = size.users, len(style_names()), len(language_names())
    age = draw_weighted(np.array([0.14, 0.34, 0.24, 0.18, 0.1]), count, generator)
    lean = generator.standard_normal((len(AGE_BANDS), styles))
    style = 0.45 * lean[age] + 0.75 * generator.standard_normal((count, styles))
    style += 1.0 * (style >= np.sort(style, axis=1)[:, -2:-1])
    style -= style.mean(axis=1, keepdims=True)
    language = 0.55 * generator.standard_normal((count, languages))
    seeds = draw_weighted(artists.popularity**0.8, count, generator)
    taste = 0.75 * artists.factors[seeds] + 0.4 * generator.standard_normal((count, FACTORS))
    taste /= np.sqrt((taste**2).sum(axis=1, keepdims=True))
    favourites = _favourites(artists, taste, style, language, generator)
    favourites[:, 0] = seeds
    return Users(
        age_band=age,
        city_tier=draw_weighted(np.array([0.25, 0.35, 0.25, 0.15]), count, generator),
        signup_at=(clock.start - generator.gamma(1.2, 500.0, count) * DAY_MS).astype(np.int64),
        activity=np.exp(1.1 * generator.standard_normal(count)),
        seen=generator.permutation(count) >= int(count * UNSEEN_SHARE),
        device=draw_weighted(np.array([0.78, 0.08, 0.14]), count, generator),
        taste=taste,
        favourites=favourites,
        kind=0.7 * generator.standard_normal((count, len(KINDS))),
        style=style,
        language=language,
        clicky=0.35 * generator.standard_normal(count),
    )


def _favourites(
    artists: Artists, taste: Floats, style: Floats, language: Floats, generator: np.random.Generator
) -> Ints:
    """The best liked of a popular handful for each listener, (n, 5)."""
    count, options = len(taste), 40
    drawn = draw_weighted(artists.popularity**0.9, count * options, generator).reshape(count, options)
    liking = 0.6 * np.take_along_axis(style, artists.style[drawn], axis=1)
    liking += 0.6 * np.take_along_axis(language, artists.language[drawn], axis=1)
    for column in range(FACTORS):
        liking += 2.0 * taste[:, column, None] * artists.factors[drawn, column]
    order = np.argsort(-liking, axis=1, kind="stable")[:, :FAVOURITES]
    favourites = np.take_along_axis(drawn, order, axis=1)
    favourites[np.arange(FAVOURITES) >= generator.integers(2, FAVOURITES + 1, count)[:, None]] = NONE
    return favourites
