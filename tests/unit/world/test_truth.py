import numpy as np
import polars as pl
import pytest

from ranker.errors import InvalidInputError
from ranker.world.plain_text import plain


def ids_where(truth, **wanted):
    """Identities of the videos whose true columns have these values."""
    rows = np.ones(len(truth.videos.kind), bool)
    for name, value in wanted.items():
        rows &= getattr(truth.videos, name) == value
    return truth.world.videos["video_id"].gather(np.flatnonzero(rows)).to_list()


def test_an_alias_finds_its_artist_as_good(small_truth):
    hebe = small_truth.world.artists["name"].to_list().index("田馥甄")
    live = ids_where(small_truth, singer=hebe, kind=1)
    assert live
    assert small_truth.tiers("hebe", live).tolist() == [3] * len(live)
    facts = small_truth.facts("hebe", live)
    assert facts["alias"].all()
    assert not facts["term"].all()


def test_term_match_is_read_from_title_and_tags_whatever_the_width_and_the_script(small_truth, small_log):
    pairs = small_log.select("query", "video_id").unique(maintain_order=True).head(2_000)
    pairs = pairs.join(small_truth.world.videos, on="video_id", how="left", maintain_order="left")
    rows = small_truth.query_rows(pairs["query"].to_list())
    for query, row, video, title, tags in zip(
        pairs["query"], rows, pairs["video_id"], pairs["title"], pairs["tags"], strict=True
    ):
        text = plain(title + "\t" + "\t".join(tags))
        expected = all(term in text for term in small_truth.queries.terms[row])
        assert small_truth.facts(query, [video])["term"][0] == expected


def test_clicks_come_at_the_true_probability(small_truth, small_log):
    probability = small_truth.click_probability_of(small_log)
    click = small_log["click"].to_numpy()
    assert probability.dtype == np.float64
    assert ((probability > 0) & (probability < 1)).all()
    order = np.argsort(probability)
    for part in np.array_split(order, 8):
        expected, spread = (
            probability[part].sum(),
            np.sqrt((probability[part] * (1 - probability[part])).sum()),
        )
        assert abs(click[part].sum() - expected) < 4 * spread


def test_one_row_of_the_log_asked_alone_has_the_same_probability(small_truth, small_log):
    whole = small_truth.click_probability_of(small_log.head(40))
    for row, expected in zip(small_log.head(40).iter_rows(named=True), whole, strict=True):
        alone = small_truth.click_probability(
            row["query"], row["user_id"], [row["video_id"]], row["position"], row["now"], row["device"]
        )
        assert alone[0] == expected


def test_later_positions_are_clicked_less(small_truth, small_log):
    row = small_log.row(0, named=True)
    positions = np.arange(1, 25)
    chances = small_truth.click_probability(row["query"], row["user_id"], [row["video_id"]] * 24, positions)
    assert (np.diff(chances[:20]) < 0).all()
    assert (chances[20:] == chances[19]).all(), "past 20 as at 20"


def test_fresh_videos_of_a_burst_are_wanted_while_it_burns(small_truth):
    burst = small_truth.behaviour.bursts
    song, start = int(burst.song[0]), int(burst.start[0])
    videos = small_truth.videos
    fresh = np.flatnonzero((videos.song == song) & (videos.uploaded_at > start - 86_400_000))
    ids = small_truth.world.videos["video_id"].gather(fresh).to_list()
    query = next(
        text
        for text, lead in zip(small_truth.queries.text, small_truth.queries.lead_song, strict=True)
        if lead == song
    )
    hot = small_truth.click_probability(
        query, "u1", ids, now=int(videos.uploaded_at[fresh].max()) + 3_600_000
    )
    later = small_truth.click_probability(query, "u1", ids, now=small_truth.world.now_ms + 40 * 86_400_000)
    assert len(ids) >= 5
    assert (hot > later).all()
    assert hot.mean() > 1.5 * later.mean()


def test_a_burst_s_song_is_searched_more_once_it_burns(small_truth):
    burst = small_truth.behaviour.bursts
    topic = small_truth.queries.lead_song == burst.song[0]
    texts = {text for text, mine in zip(small_truth.queries.text, topic, strict=True) if mine}
    searches = small_truth.world.searches
    hot = searches.filter(pl.col("now") >= int(burst.start[0]))
    cold = searches.filter(pl.col("now") < int(burst.start[0]))
    assert hot["query"].is_in(list(texts)).mean() > 2 * cold["query"].is_in(list(texts)).mean()


def test_what_is_not_of_this_world_is_told(small_truth):
    world = small_truth.world.path
    video = small_truth.world.videos["video_id"][0]
    for call, message in (
        (lambda: small_truth.tiers("no such query", [video]), "query [no such query]"),
        (lambda: small_truth.tiers("hebe", ["BV0"]), "video [BV0]"),
        (lambda: small_truth.click_probability("hebe", "u-none", [video]), "user [u-none]"),
    ):
        with pytest.raises(InvalidInputError) as told:
            call()
        assert str(told.value) == f"{message} is not of the world at [{world}]; ask of its own"
    with pytest.raises(InvalidInputError) as told:
        small_truth.click_probability("hebe", "u1", [video], device="watch")
    assert str(told.value) == "device [watch] is unknown; use one of [phone, tablet, desktop]"


def test_no_videos_no_tiers(small_truth):
    assert small_truth.tiers("hebe", []).tolist() == []
