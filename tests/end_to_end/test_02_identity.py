"""A search, the events that quote its id, and the training row that comes of both."""

import time

import pytest

from ranker.features.log import day_of
from ranker.features.samples.build import build
from ranker.features.samples.event_table import LoggedEvents
from ranker.features.samples.rows import training_rows
from ranker.features.samples.store import SampleStore
from ranker.features.samples.window import Window
from ranker.features.snapshots.compaction import compact
from ranker.features.snapshots.journals import read_snapshots
from ranker.features.snapshots.tables import Tables
from ranker.serving.events import read_events


def search(stack, **options):
    body = {
        "query": {"match": {"title": "晴天"}},
        "size": 3,
        "_source": False,
        "rescore": {"window_size": 100, "fine_rank": {"query": "晴天", "user": "u1"} | options},
    }
    answer = stack.engine.post("/videos/_search", json=body)
    assert answer.status_code == 200
    assert "x-encore-degraded" not in answer.headers
    return answer.headers["x-encore-request-id"], answer.json()["hits"]["hits"]


def events(stack, *events):
    answer = stack.ranker.post("/v1/events", json={"events": list(events)})
    assert answer.status_code == 200
    return answer.json()


def wait_for_snapshot(stack, request_id):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = [one for one in read_snapshots(stack.settings.snapshots) if one.request_id == request_id]
        if found:
            return found
        time.sleep(0.05)
    pytest.fail(f"no snapshot of [{request_id}] within 10 s")


def built_samples(stack, day, into):
    """Those of a day, as `encore samples build` makes them, by video."""
    settings = stack.settings
    compact(settings.data, settings.snapshots)
    tables, logged = Tables.open(settings.data), LoggedEvents(settings.events)
    build(tables, logged, range(day, day + 1), Window(), into=into)
    return SampleStore(into).scan().collect()


def test_from_search_to_training_row(stack, tmp_path):
    request_id, hits = search(stack)
    first, second = hits[0]["_id"], hits[1]["_id"]

    def event(name, kind, video, **more):
        return {
            "event_id": f"{request_id}-{name}",
            "request_id": request_id,
            "video_id": video,
            "kind": kind,
            "event_time": 1,
            **more,
        }

    batch = [
        event("1", "impression", first, position=1),
        event("2", "impression", second, position=2),
        event("3", "click", first),
        event("4", "play", first, seconds=42.5),
        event("5", "clack", first),
    ]
    assert events(stack, *batch)["accepted"] == 4
    assert events(stack, *batch) == {
        "accepted": 0,
        "duplicates": 4,
        "refused": [{"index": 4, "reason": "the event is wrong: [Invalid enum value 'clack' - at `$.kind`]"}],
    }
    snapshots = wait_for_snapshot(stack, request_id)
    rows = training_rows(snapshots, read_events(stack.settings.events))
    by_id = {row["video_id"]: row for row in rows.iter_rows(named=True)}
    assert set(by_id) == {first, second}
    assert (by_id[first]["position"], by_id[first]["click"], by_id[first]["play_seconds"]) == (1, True, 42.5)
    assert (by_id[second]["position"], by_id[second]["click"]) == (2, False)
    # What was seen is what was answered: score = 1 + tier + u, rounded down to a float.
    for hit in hits[:2]:
        row = by_id[hit["_id"]]
        assert hit["_score"] == pytest.approx(1 + row["tier"] + row["u"], abs=1e-6)
        assert hit["_score"] <= 1 + row["tier"] + row["u"]
    # The tables that training reads say the same.
    samples = built_samples(stack, int(day_of(snapshots[0].now)), tmp_path)
    mine = samples.filter(request_id=request_id)
    assert {row["video_id"]: row for row in mine.select(rows.columns).to_dicts()} == by_id


def test_a_later_page_comes_from_the_first_answer(stack):
    request_id, hits = search(stack)
    again_id, again = search(stack, request_id=request_id)
    assert again_id == request_id
    assert [(hit["_id"], hit["_score"]) for hit in again] == [(hit["_id"], hit["_score"]) for hit in hits]
    assert len(wait_for_snapshot(stack, request_id)) == 1


def test_received_times_are_the_worlds(stack):
    request_id, hits = search(stack)
    event = {
        "event_id": f"{request_id}-t",
        "request_id": request_id,
        "video_id": hits[0]["_id"],
        "kind": "click",
        "event_time": 1,
    }
    events(stack, event)
    received = next(e for e in read_events(stack.settings.events) if e.event_id == event["event_id"])
    (snapshot,) = wait_for_snapshot(stack, request_id)
    assert abs(received.received_time - snapshot.now) < 60_000
