from ranker.features.online import plays
from tests.contract.online_store.streams import NOW, event


def played(number, **named):
    return event(number, kind="play", user="u1", **named)[1]


def test_a_play_is_fourteen_bytes_and_its_id():
    blob = plays.add(None, [played(1, video="晴天", at=258, seconds=1.5)])
    assert blob == bytes((2, 1, 0, 0, 0, 0, 0, 0)) + b"\x00\x00\xc0\x3f" + b"\x06\x00" + "晴天".encode()


def test_64_are_kept_and_50_read():
    blob = plays.add(None, [played(i, video=f"BV{i}", at=NOW + i) for i in range(40)])
    blob = plays.add(blob, [played(i, video=f"BV{i}", at=NOW + i) for i in range(40, 70)])
    assert plays.read(blob, NOW + 69).video_ids == [f"BV{i}" for i in range(20, 70)]
    # Six are gone, those that a search of before they came would have seen besides.
    assert plays.read(blob, NOW + 55).video_ids == [f"BV{i}" for i in range(6, 56)]


def test_what_came_after_now_is_not_seen():
    blob = plays.add(None, [played(1, at=NOW), played(2, at=NOW + 1)])
    assert plays.read(blob, NOW).times.tolist() == [NOW]
    assert plays.read(blob, NOW - 1) is plays.NO_PLAYS
    assert plays.read(None, NOW) is plays.NO_PLAYS


def test_only_plays_of_somebody_are_history():
    assert plays.is_play(played(1))
    assert not plays.is_play(event(1, kind="play")[1])
    assert not plays.is_play(event(1, kind="click", user="u1")[1])
