"""Channels: the artists' own, labels', and amateurs who stick to one kind of video, often to one artist."""

from dataclasses import dataclass

import numpy as np

from ranker.world.arrays import NONE, Floats, Groups, Ints, draw_weighted, zipf
from ranker.world.kinds import KINDS, THEIRS, number
from ranker.world.music import Artists
from ranker.world.randomness import stream
from ranker.world.size import WorldSize
from ranker.world.vocabulary import vocabulary

_LOYAL_SHARE = 0.45
_VIDEOS_A_CHANNEL = 9


@dataclass(frozen=True)
class Uploaders:
    """Channels. `kind` is what an amateur makes (`NONE`: official), `artist` to whom a channel is loyal.

    `charm` is how well its videos are made, `bait` how much its titles promise; both are truth.
    """

    names: list[str]
    kind: Ints
    artist: Ints
    reach: Floats
    charm: Floats
    bait: Floats


def make_uploaders(artists: Artists, size: WorldSize, seed: int) -> Uploaders:
    """One channel per artist, the labels, then amateurs in proportion to the videos of their kind."""
    generator = stream(seed, "uploaders")
    words = vocabulary()["channels"]
    patterns = words["artist"]
    count = len(artists.names)
    style = draw_weighted(np.array([0.35, 0.25, 0.25, 0.15]), count, generator)
    names = [patterns[style[i]].format(c=artists.names[i]) for i in range(count)]
    kinds = [NONE] * count
    loyal = list(range(count))
    names += words["label"]
    kinds += [number("official")] * len(words["label"])
    loyal += [NONE] * len(words["label"])
    for index, kind in enumerate(KINDS):
        if kind.name not in words:
            continue
        channels = max(3, int(size.videos * kind.share / _VIDEOS_A_CHANNEL))
        fans = generator.random(channels) < _LOYAL_SHARE
        whom = np.where(fans, draw_weighted(artists.popularity**0.8, channels, generator), NONE)
        for one in whom:
            names.append(_amateur(words[kind.name], artists.names[one] if one >= 0 else "", generator))
            kinds.append(index)
            loyal.append(int(one))
    total = len(names)
    return Uploaders(
        names=names,
        kind=np.array(kinds),
        artist=np.array(loyal),
        reach=generator.permutation(zipf(total, 0.8)),
        charm=0.6 * generator.standard_normal(total),
        bait=np.where(np.arange(total) < count, 0.02, generator.beta(0.6, 2.6, total)),
    )


def _amateur(patterns: list[str], loyal_to: str, generator: np.random.Generator) -> str:
    options = vocabulary()["channel_names"]
    name = options[int(generator.integers(len(options)))]
    if generator.random() < 0.7:
        name += vocabulary()["given"][int(generator.integers(len(vocabulary()["given"])))]
    if loyal_to and generator.random() < 0.3:
        return f"{loyal_to}的{name}"
    return str(patterns[int(generator.integers(len(patterns)))]).format(n=name)


def choose_uploaders(
    uploaders: Uploaders, kind: Ints, artist: Ints, artist_count: int, generator: np.random.Generator
) -> Ints:
    """The channel of each video (n,) from its kind and its song's artist (`NONE`: about none)."""
    official = np.array([0.86, 0.3, 0.0, 0.0, 0.02, 0.0, 0.0, 0.0, 0.18, 0.12, 0.0])[kind]
    theirs = (generator.random(len(kind)) < official) & (artist >= 0) & THEIRS[kind]
    amateurs = np.where(uploaders.kind == NONE, NONE, uploaders.kind)
    by_kind = Groups.of(amateurs, len(KINDS), uploaders.reach)
    fans = np.where((uploaders.kind >= 0) & (uploaders.artist >= 0), 1, NONE)
    key = np.where(fans > 0, uploaders.kind * artist_count + uploaders.artist, NONE)
    by_fan = Groups.of(key, len(KINDS) * artist_count, uploaders.reach)
    fan = by_fan.draw(np.where(artist >= 0, kind * artist_count + artist, NONE), generator)
    fan[generator.random(len(kind)) < 0.35] = NONE
    anyone = by_kind.draw(kind, generator)
    return np.where(theirs, artist, np.where(fan >= 0, fan, anyone))
