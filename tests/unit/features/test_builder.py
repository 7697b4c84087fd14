"""Features of the small catalogue, each value by hand; a log is added in test_moments."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ranker.features.families import BLOCKS, all_features
from ranker.understanding.names import VERSIONS
from tests.unit.features.named_values import codes, named
from tests.unit.features.small_catalogue import (
    CONFUSER,
    COVER,
    DAY,
    LIVE,
    NOW,
    OFFICIAL,
    USERS,
    VIDEOS,
    WILL,
    WILL_LIVE,
)

# The fixtures are the session's: a test doesn't change them.
same_fixtures = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
LONG = "周杰伦 田馥甄 孙燕姿 晴天 会不会 小幸运 官方 翻唱 吉他 现场 live 动漫"
TEXTS = (LONG, "周杰伦 晴天", "hebe", "会不会", "晴天 翻唱", "伤感 歌曲", "zhoujielun", "", "？")


@pytest.fixture
def features(builder, parse):
    def of(text, *rows, user=None, now=NOW):
        return named(builder.build(parse(text), user, None, now, np.array(rows, np.int64)))

    return of


def numbers(row, *names):
    return [row[name] for name in names]


def test_coverage_is_the_share_of_the_query_terms_weight(features):
    # Of 6 videos 3 hold 晴天: idf ln(1 + 3.5/3.5) = ln 2. 周杰伦 stands in a title and an uploader's name:
    # ln(1 + 4.5/2.5) = ln 2.8. Together ln 5.6.
    official, cover, live = features("周杰伦 晴天", OFFICIAL, COVER, LIVE)
    names = ("title_coverage", "text_coverage", "any_coverage", "all_terms", "matched_weight")
    assert numbers(official, *names) == pytest.approx([1, 1, 1, 1, math.log(5.6)])
    share = math.log(2) / math.log(5.6)
    assert numbers(cover, *names) == pytest.approx([share, share, share, 0, math.log(2)])
    assert numbers(live, *names) == [0, 0, 0, 0, 0]
    missing = [row["missing_weight"] for row in (official, cover, live)]
    assert missing == pytest.approx([0, math.log(2.8), math.log(2.8)])


def test_density_is_the_share_of_the_title_that_was_asked_for(features):
    # 周杰伦 晴天 官方 MV; 晴天 翻唱
    rows = features("周杰伦 晴天", OFFICIAL, COVER, LIVE)
    assert [row["title_density"] for row in rows] == [2 / 4, 1 / 2, 0]


def test_a_term_in_tags_or_in_the_uploaders_name_is_text_or_any(features):
    (tagged,) = features("经典", OFFICIAL)
    assert numbers(tagged, "title_coverage", "text_coverage", "any_coverage") == [0, 1, 1]
    (uploaded,) = features("小明", COVER)
    assert numbers(uploaded, "title_coverage", "text_coverage", "any_coverage") == [0, 0, 1]


def test_the_artist_wanted_is_looked_for_in_title_tags_uploader_and_resolved(features):
    official, live, will = features("周杰伦", OFFICIAL, LIVE, WILL)
    names = ("artist_in_title", "artist_in_tags", "artist_uploads", "artist_resolved")
    others = ("artist_other", "artist_resolved_other")
    assert numbers(official, *names, *others) == [1, 1, 1, 1, 0, 0]
    assert numbers(live, *names, *others) == [0, 0, 0, 0, 1, 1]
    # its tag names another artist, its title none
    assert numbers(will, *names, *others) == [0, 0, 0, 0, 0, 1]


def test_an_alias_is_the_artist_though_no_word_matches(features):
    live, official = features("hebe", LIVE, OFFICIAL)
    assert numbers(live, "artist_in_title", "artist_resolved", "artist_other") == [1, 1, 0]
    assert numbers(live, "title_coverage", "all_terms") == [0, 0]
    assert numbers(official, "artist_in_title", "artist_other") == [0, 1]


def test_a_title_that_two_artists_sing_is_ambiguous_until_one_is_named(features):
    (both,) = features("会不会", WILL)
    assert numbers(both, "ambiguity", "song_in_title", "song_resolved") == pytest.approx([math.log2(3), 1, 1])
    suns, hebes = features("孙燕姿 会不会", WILL, WILL_LIVE)
    assert numbers(suns, "ambiguity", "song_resolved", "artist_resolved") == [1, 1, 1]
    assert numbers(hebes, "song_in_title", "song_resolved", "artist_resolved_other") == [1, 0, 1]


def test_another_song_in_the_title(features):
    live, cover = features("晴天", LIVE, COVER)
    assert numbers(live, "song_in_title", "song_other", "song_resolved_other") == [0, 1, 1]
    assert numbers(cover, "song_in_title", "song_other", "song_resolved_other") == [1, 0, 0]


def test_the_version_wanted_and_the_version_offered(features):
    cover, official, none = features("晴天 翻唱", COVER, OFFICIAL, WILL)
    names = ("wants_version", "version_in_title", "version_resolved", "version_other")
    assert numbers(cover, *names, "is_cover", "wants_cover") == [1, 1, 1, 0, 1, 1]
    assert numbers(official, *names, "is_cover", "is_official") == [1, 0, 0, 1, 0, 1]
    assert numbers(none, *names) == [1, 0, 0, 0]
    assert sum(none[f"is_{name}"] for name in VERSIONS) == 0


def test_a_version_in_the_tags_yields_to_the_titles(features):
    (cover,) = features("晴天 吉他", COVER)
    names = ("version_in_title", "version_in_tags", "version_resolved", "version_other")
    assert numbers(cover, *names) == [0, 1, 0, 1]


def test_no_version_is_wanted(features):
    (official,) = features("晴天", OFFICIAL)
    assert numbers(official, "wants_version", "version_in_title", "version_other") == [0, 0, 0]


def test_a_style_is_that_of_the_song(features):
    # 会不会 by 田馥甄 is 伤感, by 孙燕姿 流行
    hebes, suns, unknown = features("伤感", WILL_LIVE, WILL, -1)
    assert numbers(hebes, "wants_style", "style_fits", "style_other") == [1, 1, 0]
    assert numbers(suns, "wants_style", "style_fits", "style_other") == [1, 0, 1]
    assert numbers(unknown, "wants_style", "style_fits", "style_other") == [1, 0, 0]


def test_freshness_and_counts(features):
    official, cover = features("晴天", OFFICIAL, COVER)
    # 3 days: log₂(1 + 3), 2^(−3/3); 1023 plays: log₂ 1024, a day log₂(1 + 341); (99 + 1)/(1023 + 31) likes
    names = ("age_days", "fresh", "plays", "plays_a_day", "likes_a_play")
    assert numbers(official, *names) == pytest.approx([2, 0.5, 10, math.log2(342), math.log(100 / 1054)])
    # 15 days, 15 plays, no likes
    assert numbers(cover, *names) == pytest.approx([4, 2**-5, 4, 1, math.log(1 / 46)])


def test_how_it_is_made(features):
    official, cover = features("晴天", OFFICIAL, COVER)
    names = ("duration", "resolution", "reviewed", "artist_channel", "video_known")
    assert numbers(official, *names) == [0, 1, 1, 1, 1]
    assert numbers(cover, *names) == pytest.approx([math.log(0.5), -1, 0, 0, 1])
    assert official["title_length"] == pytest.approx(math.log2(1 + len("周杰伦 晴天 官方MV")))


def test_what_a_catalogue_does_not_say_gets_the_default(features):
    (bare,) = features("晴天", WILL_LIVE)
    assert numbers(bare, "age_days", "fresh", "duration", "resolution", "plays", "plays_a_day") == [
        9,
        0,
        0,
        0,
        0,
        0,
    ]


def test_a_video_from_the_future_is_of_today(features):
    (official,) = features("晴天", OFFICIAL, now=NOW - 5 * DAY)
    assert numbers(official, "age_days", "fresh") == [0, 1]


def test_an_unknown_video_gets_the_declared_defaults(features):
    (unknown,) = features("周杰伦 晴天", -1)
    (known,) = features("周杰伦 晴天", OFFICIAL)
    of_video = [block for block in BLOCKS if block.of in ("video", "candidate")]
    declared = {feature.name: feature.default for block in of_video for feature in block.features}
    # What is worked out from nothing: no term is found, and a play without counts brings 1/31 of everything.
    assert unknown["missing_weight"] == pytest.approx(math.log(2.8))
    ratios = [f"{what}_a_play" for what in ("likes", "favorites", "shares", "comments")]
    assert numbers(declared, *ratios) == pytest.approx([math.log(1 / 31)] * 4)
    for name in (declared.keys() & unknown.keys()) - {"missing_weight"}:
        assert unknown[name] == pytest.approx(declared[name], abs=1e-6), name
    # What is known of the request doesn't depend on the video.
    for name in unknown.keys() - declared.keys():
        assert unknown[name] == known[name], name
    assert numbers(unknown, "age_days", "fresh") == [9, 0]


def test_a_stranger_and_a_listener(features):
    names = ("user_known", "user_age_days", "user_looks", "user_click_lift", "user_artist_lift")
    for stranger in (None, "", "u9"):
        (row,) = features("晴天", OFFICIAL, user=stranger)
        assert numbers(row, *names) == [0, 0, 0, 0, 0]
    (row,) = features("晴天", OFFICIAL, user="u1")
    assert numbers(row, *names) == [1, 3, 0, 0, 0]  # 7 days: log₂ 8


def test_the_hour_and_the_day_are_shanghais(features):
    (noon,), (midnight,), (monday,) = (
        features("晴天", OFFICIAL, now=NOW + add) for add in (0, DAY // 2, 2 * DAY)
    )
    names = ("hour_sine", "hour_cosine", "weekend")
    assert numbers(noon, *names) == pytest.approx([0, -1, 1], abs=1e-6)
    assert numbers(midnight, *names) == pytest.approx([0, 1, 1], abs=1e-6)
    assert monday["weekend"] == 0


def test_the_query_itself(features):
    (row,) = features("周杰伦 晴天", OFFICIAL)
    names = ("query_length", "query_terms", "query_rarest", "wants_artist", "wants_song", "guessed")
    assert numbers(row, *names) == pytest.approx([math.log2(7), math.log2(3), math.log(2.8), 1, 1, 0])


def test_a_blank_query_asks_for_nothing(features):
    (row,) = features("  ", OFFICIAL)
    asked = [feature.name for feature in all_features() if feature.name.startswith("wants_")]
    assert {row[name] for name in (*asked, "title_coverage", "matched_weight", "query_terms")} == {0}


def test_ids_are_codes_of_the_specification(builder, parse):
    rows = np.array([OFFICIAL, LIVE, WILL, CONFUSER, -1])
    official, live, will, _, unknown = codes(builder.build(parse("周杰伦 翻唱"), "u1", None, NOW, rows))
    names = ("artist", "song", "style", "language", "version", "uploader")
    assert numbers(official, *names) == [2, 1, 1, 1, 0, 0]
    assert numbers(live, *names) == [1, 0, 1, 1, 1, 1]
    assert numbers(will, *names) == [0, 0, 1, 1, 0, 0]
    assert numbers(unknown, *names) == [0, 0, 0, 0, 0, 0]
    for row in (official, unknown):
        assert numbers(row, "user", "wanted_artist", "wanted_version", "age_band", "city_tier") == [
            2,
            1,
            1,
            1,
            2,
        ]
    (stranger,) = codes(builder.build(parse("晴天"), "u9", None, NOW, rows[:1]))
    assert numbers(stranger, "user", "wanted_artist", "wanted_version", "age_band", "city_tier") == [0] * 5


def test_neither_coarse_score_nor_context_is_a_feature(builder, parse):
    rows = np.arange(len(VIDEOS))
    plain = builder.build(parse("晴天"), "u1", None, NOW, rows)
    other = builder.build(
        parse("晴天"), "u1", {"device": "phone", "position": 3}, NOW, rows, rows.astype(np.float32)
    )
    assert (plain.dense == other.dense).all()
    assert (plain.match == other.match).all()
    assert (plain.ids == other.ids).all()


def test_no_candidates_are_no_rows(builder, parse):
    batch = builder.build(parse("晴天"), "u1", None, NOW, np.empty(0, np.int64))
    assert (len(batch.dense), len(batch.ids), len(batch.match)) == (0, 0, 0)


candidates = st.lists(st.integers(-1, len(VIDEOS) - 1), min_size=1, max_size=12)
listeners = st.sampled_from([None, "u9", *USERS["user_id"].to_list()])


@same_fixtures
@given(st.sampled_from(TEXTS), listeners, candidates)
def test_a_candidate_never_depends_on_the_others(builder, parse, text, user, rows):
    query = parse(text)
    together = builder.build(query, user, None, NOW, np.array(rows))
    for i, row in enumerate(rows):
        alone = builder.build(query, user, None, NOW, np.array([row]))
        # Weights of many terms are summed in an order of the machine's choice: the last bit may differ.
        np.testing.assert_allclose(together.dense[i], alone.dense[0], rtol=1e-6)
        np.testing.assert_allclose(together.match[i], alone.match[0], rtol=1e-6)
        assert together.ids[i].tolist() == alone.ids[0].tolist()


@same_fixtures
@given(st.sampled_from(TEXTS) | st.text(max_size=30), listeners, candidates, st.integers(0, 1 << 42))
def test_features_are_finite_and_in_their_range(builder, parse, text, user, rows, now):
    batch = builder.build(parse(text), user, None, now, np.array(rows))
    assert np.isfinite(batch.dense).all()
    assert np.isfinite(batch.match).all()
    assert (batch.dense.flags.c_contiguous, batch.dense.dtype) == (True, np.float32)
    kinds = {feature.name: feature.kind for feature in all_features()}
    for row in named(batch):
        for name, value in row.items():
            if kinds[name] == "flag":
                assert value in (0, 1), name
            elif kinds[name] == "rate":
                assert -1e-6 <= value <= 1 + 1e-6, name
            elif kinds[name] == "count":
                assert value >= 0, name
