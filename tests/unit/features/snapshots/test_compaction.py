import pytest

from ranker.catalog.journal import Journal
from ranker.errors import InvalidInputError
from ranker.features.snapshots import compaction, tables
from ranker.features.snapshots.compaction import Compacted, compact
from ranker.features.snapshots.journals import journal_path
from ranker.features.snapshots.record import encode
from ranker.features.snapshots.tables import Tables
from tests.unit.features.samples.small_world import DAY, MINUTE, NOON, Log, snapshot

ALL = (0, 1 << 60)


@pytest.fixture
def log(tmp_path):
    return Log(tmp_path)


def compacted(log, **options):
    return compact(log.root, log.root / "snapshots", **options)


def rows(log):
    opened = Tables.open(log.root)
    return (
        opened.requests(*ALL).collect()["request_id"].to_list(),
        [(row["request_id"], row["video_id"]) for row in opened.snapshots(*ALL).collect().to_dicts()],
    )


def files(log):
    return sorted(path.relative_to(log.root).as_posix() for path in log.root.glob("*/day=*/*.parquet"))


def test_records_become_rows_of_both_tables(log):
    log.scored(snapshot(events_position=17), snapshot("r2", stage="global", user=None, context={}))
    assert compacted(log) == Compacted(requests=2, rows=4, lost=0)
    opened = Tables.open(log.root)
    assert opened.requests(*ALL).collect().rows() == [
        ("r1", "晴天", "u1", NOON, "phone", 1, "videos", "videos-1", '{"device":"phone","page":1}'),
        ("r2", "晴天", None, NOON, None, None, "videos", "videos-1", "{}"),
    ]
    first, *_, last = opened.snapshots(*ALL).collect().to_dicts()
    (position,) = {row["log_position"] for row in opened.snapshots(*ALL).collect().to_dicts()[:2]}
    assert first == {
        "request_id": "r1",
        "video_id": "BV1",
        "now": NOON,
        "stage": "shard",
        "coarse_score": 0.0,
        "tier": 3,
        "u": 0.0,
        "title_match": 0.0,
        "plays": 0.0,
        "artist": 7,
        "is_live": 1.0,
        "predicted_click": 0.25,
        "versions": '{"mmoe":"1"}',
        "events_position": 17,
        "log_position": position,
    }
    assert (last["video_id"], last["stage"], last["u"], last["events_position"]) == (
        "BV2",
        "global",
        0.1,
        None,
    )


def test_what_was_compacted_is_not_compacted_again(log):
    log.scored(snapshot())
    compacted(log)
    assert compacted(log) == Compacted(requests=0, rows=0, lost=0)
    log.scored(snapshot("r2"))
    assert compacted(log) == Compacted(requests=1, rows=2, lost=0)
    assert rows(log)[0] == ["r1", "r2"]


def test_a_request_that_comes_again_is_one_request_with_more_candidates(log):
    log.scored(snapshot())
    compacted(log)
    log.scored(snapshot(videos=("BV3",)))
    assert compacted(log) == Compacted(requests=0, rows=1, lost=0)
    assert rows(log) == (["r1"], [("r1", "BV1"), ("r1", "BV2"), ("r1", "BV3")])


def test_pieces_of_any_size_give_the_same_rows(log, tmp_path):
    log.scored(*(snapshot(f"r{number % 7}", videos=(f"BV{number}",)) for number in range(20)))
    compacted(log)
    other = Log(tmp_path / "other")
    other.scored(*(snapshot(f"r{number % 7}", videos=(f"BV{number}",)) for number in range(20)))
    compacted(other, bytes_at_once=1)
    assert rows(other) == rows(log)
    assert len(files(other)) == 7 + 20


def test_days_are_folders(log):
    log.scored(snapshot(), snapshot("r2", now=NOON + 12 * 60 * MINUTE))
    compacted(log)
    days = {name.split("/")[1] for name in files(log)}
    assert days == {f"day={DAY}", "day=2026-10-02"}
    assert Tables.open(log.root).requests(NOON + 1, 1 << 60).collect()["request_id"].to_list() == ["r2"]


def test_records_of_other_features_lie_in_other_files(log):
    log.scored(snapshot(), snapshot("r2", dense_names=["title_match", "brand_new"]))
    assert compacted(log).rows == 4
    table = Tables.open(log.root).snapshots(*ALL).collect()
    assert table.select("plays", "brand_new").rows() == [(0.0, None), (10.0, None), (None, 0.0), (None, 10.0)]


def test_an_answer_without_candidates_is_a_request_without_rows(log):
    log.scored(snapshot(videos=()))
    assert compacted(log) == Compacted(requests=1, rows=0, lost=0)


@pytest.mark.parametrize("moment", ["before any file", "between the files", "before the manifest"])
def test_a_kill_leaves_the_tables_of_before_and_no_file_behind(log, monkeypatch, moment):
    class KilledError(Exception):
        pass

    log.scored(snapshot())
    compacted(log)
    before = rows(log)
    log.scored(snapshot("r2"))
    write, count = compaction.write_file, []

    def write_or_die(*arguments):
        if len(count) == ["before any file", "between the files"].index(moment):
            raise KilledError
        count.append(1)
        return write(*arguments)

    def die(*_):
        raise KilledError

    with monkeypatch.context() as patched:
        if moment == "before the manifest":
            patched.setattr(tables, "write_whole", die)
        else:
            patched.setattr(compaction, "write_file", write_or_die)
        with pytest.raises(KilledError):
            compacted(log)
    assert rows(log) == before
    assert compacted(log) == Compacted(requests=1, rows=2, lost=0)
    assert rows(log)[0] == ["r1", "r2"]
    assert len(files(log)) == 4


def test_a_torn_record_waits_for_its_rest(log):
    log.scored(snapshot())
    path = journal_path(log.root / "snapshots", 1)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert compacted(log).rows == 0
    path.write_bytes(whole)
    assert compacted(log).rows == 2


def test_files_that_went_before_they_were_read_are_counted_once(log):
    with Journal.open(journal_path(log.root / "snapshots", 3)) as journal:
        journal.append([encode(snapshot())])
    assert compacted(log) == Compacted(requests=1, rows=2, lost=2)
    assert compacted(log) == Compacted(requests=0, rows=0, lost=2)


def test_a_manifest_of_another_schema_is_refused(log):
    path = log.root / "snapshots" / "compaction.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"schema": 9}')
    with pytest.raises(InvalidInputError) as error:
        Tables.open(log.root)
    assert str(error.value) == f"the snapshots in [{path}] have schema [9], this program reads [1]"
    path.write_text("{")
    with pytest.raises(InvalidInputError) as error:
        Tables.open(log.root)
    assert str(error.value) == f"[{path}] is no manifest of snapshots: [Input data was truncated]"
