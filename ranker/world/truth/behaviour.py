"""How listeners behave: the true probabilities of looking, clicking, playing on, liking, keeping, sharing.

A click needs a look and a wish: P(click) = examination(position, device) · logistic(z), where z adds up
how relevant the video seems, how its title and picture draw, the listener's tastes, freshness while a song
bursts, and a small trait of the pair. What follows a click has other causes, so goals partly conflict: bait
is clicked and left, likes follow the artist, favourites the song, shares the fun and the news.
"""

from dataclasses import dataclass

import numpy as np

from ranker.world.arrays import Bools, Floats, Ints, Tiers, dot_rows, logistic
from ranker.world.bursts import Bursts
from ranker.world.clock import DAY_MS
from ranker.world.kinds import number
from ranker.world.music import Artists, Songs
from ranker.world.queries import Queries
from ranker.world.users import DEVICES, FAVOURITES, Users
from ranker.world.videos import Videos

_POSITIONS = np.arange(1, 21)
# A phone's screen shows two videos, a tablet's four, a desktop's six: each further screen is seen by fewer.
_SCREEN = {"phone": (2, 0.80), "tablet": (4, 0.72), "desktop": (6, 0.62)}
EXAMINATION = np.stack(
    [
        0.97 * _SCREEN[device][1] ** ((_POSITIONS - 1) // _SCREEN[device][0]) * 0.965 ** (_POSITIONS - 1)
        for device in DEVICES
    ]
)
"""Chance that a position (columns, 1-based) is looked at, by device (rows)."""

_SEEMS = np.array([-2.0, -1.1, 0.1, 0.85])
_HOLDS = np.array([-1.6, -1.0, 0.5, 1.1])
_LIVELY = np.isin(np.arange(11), [number("reaction"), number("anime_cut"), number("dance")])


@dataclass(frozen=True)
class Scene:
    """n impressions: rows of queries, users and videos, with tier, term match and time (UTC milliseconds)."""

    query: Ints
    user: Ints
    video: Ints
    tier: Tiers
    term: Bools
    now: Ints


@dataclass(frozen=True)
class Behaviour:
    """The true model of the listeners; everything it reads but the scene is fixed."""

    queries: Queries
    users: Users
    videos: Videos
    artists: Artists
    songs: Songs
    bursts: Bursts
    prominence: Floats

    def artist_taste(self, user: Ints, video: Ints) -> Floats:
        """Liking of who is heard (half as much, of whose song it is), around 0."""
        singer, about = self.videos.singer[video], self.videos.about[video]
        return self._liking(user, singer) + np.where(singer != about, 0.5 * self._liking(user, about), 0.0)

    def _liking(self, user: Ints, artist: Ints) -> Floats:
        some = np.maximum(artist, 0)
        liking = 1.1 * dot_rows(self.users.taste[user], self.artists.factors[some])
        for column in range(FAVOURITES):
            liking = liking + 1.3 * (self.users.favourites[user, column] == some)
        return np.where(artist >= 0, liking, 0.0)

    def form_taste(self, user: Ints, video: Ints) -> Floats:
        """Liking of the kind of version, the style and the language, around 0."""
        v, u = self.videos, self.users
        liking = 0.75 * u.kind[user, v.kind[video]] + 0.5 * u.style[user, v.style[video]]
        return np.asarray(liking + 0.4 * u.language[user, v.language[video]])

    def freshness(self, video: Ints, now: Ints) -> Floats:
        """In [0, 1]: how much of news a video is: young while its song bursts, a little when just young."""
        age = np.maximum(now - self.videos.uploaded_at[video], 0) / DAY_MS
        heat = self.bursts.heat_of(self.videos.song[video], now)
        return np.asarray(0.88 * heat * np.exp2(-age / 2.5) + 0.12 * np.exp2(-age / 7.0))

    def wish(self, scene: Scene) -> Floats:
        """z (n,): log-odds of a click by somebody who looks."""
        query, user, video = scene.query, scene.user, scene.video
        z = -1.75 + _SEEMS[scene.tier] + 0.35 * scene.term + self.users.clicky[user]
        z = z + 0.85 * self.videos.attraction[video]
        z = z + 0.85 * self.artist_taste(user, video) + 0.75 * self.form_taste(user, video)
        z = z + 1.5 * self.freshness(video, scene.now) + 0.4 * pair_trait(query, video)
        open_title = (self.queries.title[query] >= 0) & (scene.tier >= 2)
        share = self.prominence[np.maximum(self.videos.song[video], 0)]
        return np.asarray(z + np.where(open_title, 0.4 * np.log(np.maximum(share, 0.03)) + 0.5, 0.0))

    def click(self, scene: Scene, position: Ints, device: Ints) -> Floats:
        """Probability (n,) of a click at these positions (1-based; past 20 as at 20) on these devices."""
        column = np.minimum(position, len(_POSITIONS)) - 1
        return np.asarray(EXAMINATION[device, column] * logistic(self.wish(scene)))

    def effective_play(self, scene: Scene) -> Floats:
        """Probability (n,) of an effective play, given the click."""
        v, video = self.videos, scene.video
        e = 0.35 + _HOLDS[scene.tier] + 1.0 * v.quality[video] - 0.9 * v.bait[video]
        e = e + 0.45 * self.artist_taste(scene.user, video) + 0.35 * self.form_taste(scene.user, video)
        return logistic(e)

    def attention(self, scene: Scene) -> Floats:
        """Log-odds (n,) of the median share watched of an effective play."""
        v, video = self.videos, scene.video
        shorter = 0.35 * (np.log(240.0) - np.log(v.duration[video]))
        return np.asarray(0.2 + 0.5 * v.quality[video] + 0.4 * self.artist_taste(scene.user, video) + shorter)

    def like(self, scene: Scene) -> Floats:
        """Probability (n,) of a like, given an effective play: the artist above all."""
        taste = self.artist_taste(scene.user, scene.video)
        return logistic(-2.6 + 1.1 * taste + 0.4 * self.videos.quality[scene.video])

    def favorite(self, scene: Scene) -> Floats:
        """Probability (n,) of a favourite, given an effective play: the right song, well made."""
        form = self.form_taste(scene.user, scene.video)
        return logistic(-3.5 + 0.8 * (scene.tier == 3) + 0.8 * self.videos.quality[scene.video] + 0.6 * form)

    def share(self, scene: Scene) -> Floats:
        """Probability (n,) of a share, given an effective play: lively kinds and news."""
        v, video = self.videos, scene.video
        fun = 0.9 * _LIVELY[v.kind[video]] + 1.6 * self.freshness(video, scene.now)
        return logistic(-3.9 + fun + 0.3 * v.attraction[video] - 0.3 * (scene.tier == 3))


def pair_trait(query: Ints, video: Ints) -> Floats:
    """A standard normal number of each (query, video) pair, always the same: what no column explains."""
    keys = query.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + video.astype(np.uint64)
    first, second = _mix(keys), _mix(keys ^ np.uint64(0xD1B54A32D192ED03))
    radius = np.sqrt(-2.0 * np.log((first >> np.uint64(11)).astype(np.float64) * 2.0**-53 + 2.0**-54))
    return np.asarray(
        radius * np.cos(2.0 * np.pi * ((second >> np.uint64(11)).astype(np.float64) * 2.0**-53))
    )


def _mix(keys: np.ndarray) -> np.ndarray:  # splitmix64's finaliser
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(keys ^ (keys >> np.uint64(31)))
