import random

import pytest

from ranker.errors import InvalidInputError
from ranker.features.samples import store as stores
from ranker.features.samples.build import build
from ranker.features.samples.follow import Follower, follow_once
from ranker.features.samples.join import Counts
from ranker.features.samples.store import SampleStore
from ranker.features.samples.window import Window
from tests.unit.features.samples.small_world import DAY, DAYS, MINUTE, NOON, WINDOW, snapshot

CLOSE = 31 * MINUTE  # window and grace


class KilledError(Exception):
    pass


def step(log, wall=0, window=WINDOW):
    """By default the wall clock stands still: time is what the log says."""
    return follow_once(log.root, log.tables(), log.events(), window, wall)


def samples(log):
    found = SampleStore(log.root).scan().collect()
    return found.sort("now", "request_id", "video_id").to_dicts() if len(found.columns) else []


def ids(log):
    return [(row["request_id"], row["video_id"], row["click"]) for row in samples(log)]


def test_a_request_is_written_once_its_window_and_the_grace_have_passed_by_the_log(log):
    log.scored(snapshot())
    log.happened("impression", position=1)
    log.scored(snapshot("r2", now=NOON + 20 * MINUTE))
    log.happened("impression", request_id="r2", position=1, received=NOON + CLOSE - 1)
    assert step(log).samples == 0
    log.happened("click", request_id="r2", received=NOON + CLOSE)
    assert step(log).samples == 1
    assert ids(log) == [("r1", "BV1", False)]
    assert step(log).samples == 0


def test_a_later_request_tells_the_time_as_well(log):
    log.scored(snapshot())
    log.happened("impression", position=1)
    log.scored(snapshot("r2", now=NOON + CLOSE))
    assert step(log).samples == 1


def test_between_events_time_goes_on_by_the_wall(log):
    log.scored(snapshot())
    log.happened("impression", position=1, received=NOON + 1_000)
    assert step(log, wall=5).samples == 0
    assert step(log, wall=5 + CLOSE - 1_001).samples == 0
    assert step(log, wall=5 + CLOSE - 1_000).samples == 1


def test_each_generation_has_its_own_clock(log):
    log.scored(snapshot(), snapshot("real", now=NOON + 900 * MINUTE, generation="catalogue-1"))
    log.happened("impression", position=1)
    log.happened("impression", request_id="real", position=1, received=NOON + 901 * MINUTE)
    log.happened("click", request_id="real", received=NOON + 900 * MINUTE + CLOSE)  # late, and tells the time
    assert step(log).samples == 1
    log.happened("click", received=NOON + MINUTE)
    log.scored(snapshot("r2", now=NOON + CLOSE))
    step(log)
    assert ids(log) == [("r1", "BV1", True), ("real", "BV1", False)]


def test_late_events_change_no_sample(log):
    log.scored(snapshot(), snapshot("r2", now=NOON + CLOSE))
    log.happened("impression", position=1)
    step(log)
    log.happened("click", received=NOON + CLOSE)
    step(log)
    assert ids(log) == [("r1", "BV1", False)]


def test_an_event_out_of_order_by_less_than_the_grace_counts(log):
    log.scored(snapshot(), snapshot("r2", now=NOON + 20 * MINUTE))
    log.happened("impression", position=1)
    log.happened("impression", request_id="r2", position=1, received=NOON + 30 * MINUTE + 59_000)
    step(log)
    log.happened("click", received=NOON + 30 * MINUTE - 1)
    log.scored(snapshot("r3", now=NOON + CLOSE))
    step(log)
    assert ids(log) == [("r1", "BV1", True)]


def test_a_snapshot_that_reaches_the_tables_late_is_written_too(log):
    log.scored(snapshot("r2", now=NOON + CLOSE + MINUTE))
    log.happened("impression", position=1)
    step(log)
    log.scored(snapshot())
    assert step(log).samples == 1


def random_log(log, seed, steps):
    """Requests and events over two hours, receipts out of order by up to half a minute."""
    chance = random.Random(seed)
    for number in range(steps):
        now = NOON + number * 120 * MINUTE // steps
        name = f"r{number:03d}"
        log.scored(snapshot(name, now=now))
        for kind, video in (("impression", "BV1"), ("impression", "BV2"), ("click", "BV1"), ("click", "BV2")):
            asked = chance.randrange(max(number - 12, 0), number + 1)
            received = now + chance.randrange(MINUTE // 2)
            more = {"position": chance.randrange(1, 9)} if kind == "impression" else {}
            log.happened(kind, video, f"r{asked:03d}", received, **more)
        yield


@pytest.mark.parametrize("seed", range(2))
def test_following_and_building_give_the_same_samples(log, tmp_path, seed):
    for number, _ in enumerate(random_log(log, seed, 24)):
        if number % 6 == 0:
            step(log)
    step(log)
    step(log, wall=2 * CLOSE)
    built = tmp_path / "built"
    build(log.tables(), log.events(), DAYS, WINDOW, into=built)
    whole = SampleStore(built).scan().collect().sort("now", "request_id", "video_id").to_dicts()
    assert len(whole) > 10
    assert samples(log) == whole


@pytest.mark.parametrize("kill", [1, 3])
def test_each_sample_is_written_once_whatever_is_killed(log, tmp_path, monkeypatch, kill):
    """Every few writes one dies: of a file, or of the list of files, before or after it was replaced."""
    count = [0]

    def dying(function, *, after):
        def call(*arguments):
            count[0] += 1
            if count[0] % (kill + 1) == 0 and not after:
                raise KilledError
            result = function(*arguments)
            if count[0] % (kill + 1) == 0:
                raise KilledError
            return result

        return call

    killed = 0
    for number, _ in enumerate(random_log(log, 7, 16)):
        with monkeypatch.context() as patched:
            patched.setattr(stores, "write_file", dying(stores.write_file, after=number % 2 == 0))
            patched.setattr(stores, "write_whole", dying(stores.write_whole, after=number % 3 == 0))
            try:
                step(log)
            except KilledError:
                killed += 1
    assert killed > 1
    step(log)
    step(log, wall=2 * CLOSE)
    built = tmp_path / "built"
    build(log.tables(), log.events(), DAYS, WINDOW, into=built)
    whole = SampleStore(built).scan().collect().sort("now", "request_id", "video_id").to_dicts()
    assert samples(log) == whole
    named = {log.root / file.path for file in SampleStore(log.root).contents.files}
    with SampleStore.writing(log.root):
        assert set((log.root / "samples").glob("day=*/*.parquet")) == named


def test_what_is_done_is_forgotten_by_name(log):
    for _ in random_log(log, 1, 12):
        step(log)
    followed = SampleStore(log.root).contents.followed
    # Requests are ten minutes apart, each in a file of its own: a window and a grace hold four.
    assert len(followed.partial) == 4


def test_a_day_that_was_built_whole_is_left_as_it_is(log):
    log.scored(snapshot(), snapshot("r2", now=NOON + 24 * 60 * MINUTE))
    log.happened("impression", position=1)
    build(log.tables(), log.events(), DAYS, WINDOW)
    assert SampleStore(log.root).contents.days[DAY].whole
    assert step(log) == Counts()
    assert ids(log) == [("r1", "BV1", False)]


def test_a_day_that_was_built_before_it_was_over_is_followed_from_its_start(log):
    log.scored(snapshot(), snapshot("r2", now=NOON + 10 * MINUTE))
    log.happened("impression", position=1)
    build(log.tables(), log.events(), DAYS, WINDOW)
    log.happened("click", received=NOON + MINUTE)
    log.scored(snapshot("r3", now=NOON + CLOSE))
    step(log)
    assert ids(log) == [("r1", "BV1", True)]


def test_a_followed_day_is_not_built_over(log):
    log.scored(snapshot(), snapshot("r2", now=NOON + CLOSE))
    log.happened("impression", position=1)
    step(log)
    with pytest.raises(InvalidInputError) as error:
        build(log.tables(), log.events(), DAYS, WINDOW)
    assert str(error.value) == (
        f"day [{DAY}] is made by `encore samples follow`; build it into another folder (--into)"
    )


def test_the_window_of_what_is_followed_stays(log):
    log.scored(snapshot())
    step(log)
    with SampleStore.writing(log.root) as store, pytest.raises(InvalidInputError) as error:
        Follower(store, Window(length=1_000))
    assert str(error.value) == (
        "these samples are followed with a window of [1800000] ms, not [1000];"
        " follow into another folder (--into)"
    )
