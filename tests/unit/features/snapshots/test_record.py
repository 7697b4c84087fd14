import msgspec
import numpy as np
import pytest

from ranker.catalog.event import Event
from ranker.catalog.journal import Journal
from ranker.features.families import dense_features, match_features
from ranker.features.ids import ID_FEATURES
from ranker.features.samples.rows import training_rows
from ranker.features.snapshots.journals import read_snapshots
from ranker.features.snapshots.record import SCHEMA, Snapshot, encode, rows
from tests.unit.features.small_catalogue import NOW, VIDEOS

DENSE = [feature.name for feature in dense_features()]
MATCH = [feature.name for feature in match_features()]
PARTS = ["predicted_click"]


def snapshot(request_id, features, ids):
    count = len(ids)
    return Snapshot(
        schema=SCHEMA,
        request_id=request_id,
        query="周杰伦 晴天",
        user=None,
        context={"device": "phone"},
        now=NOW,
        index="videos",
        generation="videos-1",
        versions={"mmoe": "1"},
        video_ids=ids,
        dense_names=DENSE,
        id_names=list(ID_FEATURES),
        match_names=MATCH,
        part_names=PARTS,
        dense=features.dense.tobytes(),
        ids=features.ids.tobytes(),
        match=features.match.tobytes(),
        coarse=np.arange(count, dtype=np.float32).tobytes(),
        tier=np.arange(count, dtype=np.uint8).tobytes(),
        u=(np.arange(count) / 10).tobytes(),
        parts=np.full((count, 1), 0.25, np.float32).tobytes(),
    )


@pytest.fixture
def features(builder, parse):
    return builder.build(parse("周杰伦 晴天"), None, None, NOW, np.array([0, 1, -1]))


FILE = "snapshots-00000001.journal"
IDS = [*VIDEOS["video_id"][:2].to_list(), "BV-未知"]


def written(folder, name, *snapshots):
    with Journal.open(folder / name) as journal:
        journal.append(encode(one) for one in snapshots)


def test_what_was_scored_is_read_back_as_it_was(tmp_path, features):
    written(tmp_path, FILE, snapshot("r1", features, IDS))
    (read,) = read_snapshots(tmp_path)
    assert read == snapshot("r1", features, IDS)
    table = rows(read)
    assert table["video_id"].to_list() == IDS
    assert table.select(DENSE).to_numpy().tolist() == features.dense.tolist()
    assert table.select(MATCH).to_numpy().tolist() == features.match.tolist()
    assert table.select(ID_FEATURES).to_numpy().tolist() == features.ids.tolist()
    assert table.select("user_id", "now", "coarse_score", "tier", "u").rows() == [
        (None, NOW, 0.0, 0, 0.0),
        (None, NOW, 1.0, 1, 0.1),
        (None, NOW, 2.0, 2, 0.2),
    ]


def test_a_snapshot_says_its_stage_and_one_of_before_was_a_shards(tmp_path, features):
    whole = msgspec.structs.replace(snapshot("r2", features, IDS), stage="global")
    before = {name: value for name, value in msgspec.structs.asdict(whole).items() if name != "stage"}
    with Journal.open(tmp_path / FILE) as journal:
        journal.append([encode(whole), msgspec.msgpack.encode(before)])
    assert [rows(one)["stage"].to_list() for one in read_snapshots(tmp_path)] == [
        ["global"] * 3,
        ["shard"] * 3,
    ]


def test_files_are_read_in_the_order_of_their_numbers(tmp_path, features):
    for number in (3, 12, 1):
        written(tmp_path, f"snapshots-{number:08d}.journal", snapshot(f"r{number}", features, IDS))
    assert [one.request_id for one in read_snapshots(tmp_path)] == ["r1", "r3", "r12"]


def test_a_folder_without_snapshots_has_none(tmp_path):
    assert list(read_snapshots(tmp_path)) == []


def test_a_torn_tail_costs_the_last_snapshot_alone(tmp_path, features):
    written(tmp_path, FILE, snapshot("r1", features, IDS), snapshot("r2", features, IDS))
    path = tmp_path / FILE
    path.write_bytes(path.read_bytes()[:-1])
    assert [one.request_id for one in read_snapshots(tmp_path)] == ["r1"]


def test_an_answer_without_candidates_has_no_rows(builder, parse):
    nothing = builder.build(parse("晴天"), None, None, NOW, np.empty(0, np.int64))
    assert len(rows(snapshot("r1", nothing, []))) == 0


def test_the_features_of_a_training_row_are_those_that_were_served(features):
    def event(number, kind, video, **more):
        name = f"e{number}"
        return Event(event_id=name, request_id="r1", video_id=video, kind=kind, event_time=NOW, **more)

    table = training_rows(
        [snapshot("r1", features, IDS)],
        [event(1, "impression", IDS[1], position=2), event(2, "click", IDS[1]), event(3, "like", IDS[0])],
    )
    (row,) = table.to_dicts()
    assert (row["video_id"], row["position"], row["click"], row["like"]) == (IDS[1], 2, True, False)
    assert [row[name] for name in DENSE] == features.dense[1].tolist()
    assert [row[name] for name in ID_FEATURES] == features.ids[1].tolist()
