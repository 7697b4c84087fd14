"""Files of KuaiRand's form, made by hand: two days of two listeners."""

import gzip
import math

import pytest

from ranker.errors import InvalidInputError
from ranker.features.families import all_features
from ranker.features.ids import ID_FEATURES
from ranker.features.samples.join import Counts
from ranker.features.samples.kuairand import read
from ranker.features.samples.kuairand.convert import ABSENT, KEPT, convert
from ranker.features.samples.store import SampleStore
from ranker.features.samples.window import Window
from ranker.features.snapshots.tables import Tables

FIRST = 1_650_859_200_000  # 25 April 2022, 12:00 in Shanghai
DAY = 86_400_000
LOG_HEAD = (
    "user_id,video_id,date,hourmin,time_ms,is_click,is_like,is_follow,is_comment,is_forward,is_hate,"
    "long_view,play_time_ms,duration_ms,profile_stay_time,comment_stay_time,is_profile_enter,is_rand,tab"
)


def exposure(user, video, time, *, click=0, like=0, forward=0, played=0, tab=1):
    return (
        f"{user},{video},20220425,1200,{time},{click},{like},0,0,{forward},0,0,{played},60000,0,0,0,0,{tab}"
    )


FIRST_DAY = (
    exposure(7, 1, FIRST, click=1, like=1, played=61_802),
    exposure(7, 2, FIRST),
    exposure(8, 1, FIRST + 5, played=1_184, tab=4),
    exposure(8, 1, FIRST + 5, played=1_184, tab=0),  # told twice
)
SECOND_DAY = (
    exposure(7, 1, FIRST + DAY, click=1, forward=1, played=2_000_000),
    exposure(9, 1, FIRST + DAY + 1),
    exposure(7, 99, FIRST + DAY + 2),  # of a video that nobody describes
)
USERS = "user_id,user_active_degree,register_days\n7,full_active,799\n8,low,3\n"
VIDEOS = (
    "video_id,author_id,video_type,upload_dt,upload_type,visible_status,video_duration,server_width,"
    "server_height,music_id,music_type,tag\n"
    '1,50,NORMAL,2022-04-10,Kmovie,0.0,240000.0,720.0,1280.0,1,9.0,"39,2"\n'
    "2,51,NORMAL,,Kmovie,0.0,,,,1,,\n"
)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    with gzip.open(folder / "first.csv.gz", "wt") as file:
        file.write("\n".join((LOG_HEAD, *FIRST_DAY)) + "\n")
    (folder / "second.csv").write_text("\n".join((LOG_HEAD, *SECOND_DAY)) + "\n")
    (folder / "users.csv").write_text(USERS)
    (folder / "videos.csv").write_text(VIDEOS)
    return folder


@pytest.fixture(scope="module")
def made(files, tmp_path_factory):
    into = tmp_path_factory.mktemp("made") / "kuairand"
    logs = [files / "second.csv", files / "first.csv.gz"]
    return into, convert(logs, files / "users.csv", files / "videos.csv", into, Window())


@pytest.fixture(scope="module")
def samples(made):
    rows = SampleStore(made[0]).scan().collect().to_dicts()
    return {(row["request_id"], row["video_id"]): row for row in rows}


def test_what_one_listener_was_shown_at_once_is_one_request(files):
    found = read.read_exposures([files / "first.csv.gz"])
    assert found.select("request_id", "video_id", "position").rows() == [
        (f"k7-{FIRST}", "1", 1),
        (f"k7-{FIRST}", "2", 2),
        (f"k8-{FIRST + 5}", "1", 1),
    ]


def test_an_upright_video_is_as_high_as_it_is_wide_and_what_is_unknown_is_zero(files):
    names = ("video_id", "uploader_id", "uploaded_at", "duration_seconds", "resolution", "title")
    assert read.read_videos(files / "videos.csv").select(names).rows() == [
        ("1", "50", 1_649_520_000_000, 240.0, 720, ""),
        ("2", "51", 0, 0.0, 0, ""),
    ]


def test_each_exposure_of_a_known_video_is_a_sample(made, samples):
    _, converted = made
    assert converted.exposures == 6
    assert converted.counts == {
        "2022-04-25": Counts(requests=2, samples=3, events=7),
        "2022-04-26": Counts(requests=3, samples=2, events=4, late=2, unscored=1),
    }
    assert len(samples) == 5


def test_outcomes_are_those_of_the_log(samples):
    names = ("position", "click", "like", "share", "play_seconds", "favorite")
    first = samples[f"k7-{FIRST}", "1"]
    assert [first[name] for name in names] == [1, True, True, False, 61.802, None]
    assert [samples[f"k7-{FIRST}", "2"][name] for name in names] == [2, False, False, False, 0.0, None]
    # A feed plays what nobody clicked.
    assert [samples[f"k8-{FIRST + 5}", "1"][name] for name in names] == [1, False, False, False, 1.184, None]


def test_a_play_that_ends_after_the_window_is_late(samples):
    row = samples[f"k7-{FIRST + DAY}", "1"]
    assert (row["click"], row["share"], row["play_seconds"]) == (True, False, 0.0)


def test_features_of_a_day_are_of_the_days_before_it(samples):
    first = samples[f"k7-{FIRST}", "1"]
    assert (first["video_looks"], first["user_video_looks"], first["user_looks"]) == (0.0, 0.0, 0.0)
    second = samples[f"k7-{FIRST + DAY}", "1"]
    # Video 1 was looked at by two on the first position, video 2 on the second, which half as many look at.
    assert second["video_looks"] == pytest.approx(math.log2(1 + 2))
    assert second["user_video_looks"] == pytest.approx(math.log2(1 + 1))
    assert second["user_video_clicks"] == pytest.approx(math.log2(1 + 1))
    assert samples[f"k9-{FIRST + DAY + 1}", "1"]["user_known"] == 0.0


def test_what_videos_and_listeners_are_is_known_from_the_first_day_on(samples):
    first = samples[f"k7-{FIRST}", "1"]
    assert first["duration"] == pytest.approx(math.log(240 / 240))
    assert first["resolution"] == pytest.approx(math.log2(720 / 720))
    assert first["age_days"] == pytest.approx(math.log2(1 + 15.5))
    assert first["user_age_days"] == pytest.approx(math.log2(1 + 799))
    # 12:00 is half a turn.
    assert (first["hour_sine"], first["hour_cosine"]) == (pytest.approx(0, abs=1e-6), -1.0)


def test_families_that_need_a_query_are_absent_and_named(made, samples):
    into, converted = made
    row = samples[f"k7-{FIRST}", "1"]
    assert row["query"] is None
    assert not {"title_coverage", "query_looks", "artist", "plays", "tier", "coarse_score"} & set(row)
    assert set(KEPT) <= set(row)
    assert Tables.open(into).manifest.absent == tuple(ABSENT)
    known = {feature.name for feature in all_features()} | set(ID_FEATURES)
    assert set(converted.features) <= known
    assert set(converted.features) | set(converted.left_out) == known


def test_requests_have_no_query_and_the_feeds_page_as_context(made):
    requests = Tables.open(made[0]).requests(0, 1 << 60).collect()
    row = requests.filter(request_id=f"k8-{FIRST + 5}").row(0, named=True)
    assert row == {
        "request_id": f"k8-{FIRST + 5}",
        "query": None,
        "user_id": "8",
        "now": FIRST + 5,
        "device": None,
        "page": None,
        "index": "kuairand",
        "generation": "kuairand",
        "context": '{"tab":4}',
    }


def test_a_folder_that_is_there_is_left_alone(made, files):
    into, _ = made
    with pytest.raises(InvalidInputError) as error:
        convert([files / "second.csv"], files / "users.csv", files / "videos.csv", into, Window())
    assert str(error.value) == f"[{into}] is there already; remove it, or name another folder (--into)"


def test_a_file_of_another_form_is_refused_and_nothing_is_left(files, tmp_path):
    with pytest.raises(InvalidInputError) as error:
        convert([files / "users.csv"], files / "users.csv", files / "videos.csv", tmp_path / "x", Window())
    assert str(error.value).startswith(
        f"[{files / 'users.csv'}] is no KuaiRand file with the columns [user_id, video_id, time_ms, "
    )
    with pytest.raises(InvalidInputError) as error:
        convert([files / "second.csv"], files / "none.csv", files / "videos.csv", tmp_path / "x", Window())
    assert str(error.value) == f"[{files / 'none.csv'}] is not there; give the path of a KuaiRand file"
    assert list(tmp_path.iterdir()) == []
