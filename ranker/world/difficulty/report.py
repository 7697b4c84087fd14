"""Measure a world against the bounds that make it worth learning on."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from sklearn.metrics import roc_auc_score

from ranker.catalog.tier import relevant
from ranker.world.arrays import Bools, Floats, Tiers
from ranker.world.difficulty.observed import column_features, rate_features
from ranker.world.difficulty.text_scores import TextScorer
from ranker.world.plain_text import plain
from ranker.world.store import World
from ranker.world.truth import Truth

ORACLE_AUC = (0.78, 0.88)
LEAST_GAP = 0.08
MOST_TEXT_AUC_STRICT = 0.75
LEAST_LACKING_SHARE = 0.40
MOST_EXPOSURES = 1_000_000
"""A larger log is measured on whole requests taken at even steps."""


@dataclass(frozen=True)
class Difficulty:
    """What was measured. AUCs of clicks are over all exposures; `auc_strict` over pairs with true tiers.

    `single` holds every observable feature's click AUC, turned the right way round. `text_shown` and
    `text_labelled` are `auc_strict` of each text score over distinct exposed pairs and over the labelled
    ones, `text_auc` leaves fair-fair out. `lacking` is the share of titles of music videos that lack the
    artist or the song. `learner` is what boosted trees over all observable features reach on the log's
    last fifth, `learner_with_tier` with the true tier as one more feature, `oracle_there` the oracle on the
    same rows.
    """

    exposures: int
    click_rate: float
    tier_shares: list[float]
    oracle: float
    single: dict[str, float]
    text_shown: dict[str, float]
    text_labelled: dict[str, float]
    text_auc: dict[str, float]
    lacking: float
    label_errors: float
    learner: float | None = None
    learner_with_tier: float | None = None
    oracle_there: float | None = None

    def best_single(self) -> tuple[str, float]:
        """The strongest observable feature and its click AUC."""
        return max(self.single.items(), key=lambda item: item[1])

    def verdicts(self) -> dict[str, bool]:
        """Each bound, and whether it holds."""
        text = max(*self.text_shown.values(), *self.text_labelled.values())
        low, high = ORACLE_AUC
        return {
            f"oracle's click AUC in {low}–{high}": low <= self.oracle <= high,
            f"best single feature at least {LEAST_GAP} below it": self.oracle - self.best_single()[1]
            >= LEAST_GAP,
            f"text alone: auc_strict at most {MOST_TEXT_AUC_STRICT}": text <= MOST_TEXT_AUC_STRICT,
            f"at least {LEAST_LACKING_SHARE:.0%} of titles lack artist or song": self.lacking
            >= LEAST_LACKING_SHARE,
        }

    def as_json(self) -> dict[str, Any]:
        """Everything, with the verdicts."""
        return {**asdict(self), "best_single": self.best_single()[0], "verdicts": self.verdicts()}


def measure(
    world_dir: Path, learner: bool = False, progress: Callable[[str, float], None] | None = None
) -> Difficulty:
    """Measure a world; with `learner`, also what boosted trees reach (some seconds more)."""
    tell = progress or (lambda what, share: None)
    tell("truth", 0.0)
    truth = Truth.load(world_dir)
    world = truth.world
    log = sampled_log(world)
    click = log["click"].to_numpy()
    scene = truth.scene_of(log)
    probability = truth.click_probability_of(log)
    tell("text scores", 0.2)
    scorer = TextScorer(world.videos, truth.queries.text, truth.queries.terms)
    text = scorer.scores(scene.query, scene.video).named()
    tell("features", 0.5)
    features = column_features(log, world.videos) | rate_features(log, world.videos, world.artists) | text
    first = np.unique(scene.query * len(world.videos) + scene.video, return_index=True)[1]
    good, clear = relevant(scene.tier), scene.tier != 1
    tell("labels", 0.7)
    labelled, label_errors = _labelled_text(truth, scorer)
    reached = (
        _learn(features, scene.tier, log["now"].to_numpy() < world.training_end_ms, click) if learner else {}
    )
    there = log["now"].to_numpy() >= world.training_end_ms
    tell("done", 1.0)
    return Difficulty(
        exposures=len(click),
        click_rate=float(click.mean()),
        tier_shares=(np.bincount(scene.tier, minlength=4) / len(click)).tolist(),
        oracle=_auc(click, probability),
        single={name: _either_way(click, values) for name, values in features.items()},
        text_shown={name: _auc(good[first], values[first]) for name, values in text.items()},
        text_labelled=labelled,
        text_auc={
            name: _auc(good[first][clear[first]], values[first][clear[first]])
            for name, values in text.items()
        },
        lacking=lacking_share(truth),
        label_errors=label_errors,
        **reached,
        oracle_there=_auc(click[there], probability[there]) if learner else None,
    )


def sampled_log(world: World) -> pl.DataFrame:
    """Exposures with their searches' columns, in order of time; of a large log, every so many-th request."""
    every = max(1, world.manifest["rows"]["exposures"] // MOST_EXPOSURES)
    searches = world.searches.gather_every(every)
    shown = world.scan("exposures").join(searches.lazy(), on="request_id", maintain_order="left")
    return shown.collect()


def _auc(truth: Bools, score: Floats) -> float:
    return float(roc_auc_score(truth, score))


def _either_way(truth: Bools, score: Floats) -> float:
    found = _auc(truth, score)
    return max(found, 1.0 - found)


def _labelled_text(truth: Truth, scorer: TextScorer) -> tuple[dict[str, float], float]:
    labels = truth.world.labels
    queries, videos = labels["query"].to_list(), labels["video_id"].to_list()
    tier = truth.tiers_of_pairs(queries, videos)
    query, video = truth.query_rows(queries), truth.video_rows(videos)
    scores = scorer.scores(query, video).named()
    found = {name: _auc(relevant(tier), values) for name, values in scores.items()}
    return found, float((labels["tier"].to_numpy() != tier).mean())


def _learn(features: dict[str, Floats], tier: Tiers, train: Bools, click: Bools) -> dict[str, float]:
    from sklearn.ensemble import HistGradientBoostingClassifier

    reached = {}
    table = np.stack(list(features.values()), axis=1)
    for name, columns in (("learner", table), ("learner_with_tier", np.column_stack([table, tier]))):
        model = HistGradientBoostingClassifier(max_iter=150, learning_rate=0.08, random_state=0)
        model.fit(columns[train], click[train])
        reached[name] = _auc(click[~train], model.predict_proba(columns[~train])[:, 1])
    return reached


def lacking_share(truth: Truth) -> float:
    """Share of the titles of videos with a song that name no form of the artist, or not the song."""
    rows = np.flatnonzero(truth.videos.song >= 0)
    titles = [plain(text) for text in truth.world.videos["title"].gather(rows)]
    names = pl.concat_list(pl.concat_list("name"), "aliases")
    surfaces = truth.world.artists.select(names).to_series().to_list()
    plain_surfaces = [[plain(name) for name in group] for group in surfaces]
    plain_songs = [plain(title) for title in truth.songs.titles]
    lacking = 0
    for row, title in zip(rows.tolist(), titles, strict=True):
        artist = any(name in title for name in plain_surfaces[truth.videos.about[row]])
        song = plain_songs[truth.songs.title[truth.videos.song[row]]] in title
        lacking += not (artist and song)
    return lacking / len(rows)
