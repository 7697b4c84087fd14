import pytest

from ranker.evaluation.peer import BM25, CONTROL, PLUGIN_AND_HOP, Kind, Peer, bodies, name_of


def kind(*milliseconds):
    return Kind(milliseconds, {"engine": 1.0, "ranker": 2.0, "model_server": 0.5}, 100.0)


PEER = Peer(
    documents=1000,
    kinds={
        BM25: kind(1.0, 1.0, 1.0),
        CONTROL: kind(1.0, 2.0, 3.0),
        name_of(100): kind(4.0, 5.0, 6.0),
        name_of(500): kind(7.0, 8.0, 9.0),
        PLUGIN_AND_HOP: kind(2.0, 2.5, 3.0),
    },
    models={100: [1.0, 1.5, 2.0], 500: [3.0, 4.0, 5.0]},
)


def test_what_fine_rank_adds_is_counted_beyond_the_control():
    data = PEER.as_json()
    assert data["added"] == {
        "100": {"over_control": 3.0, "without_models": 1.5},
        "500": {"over_control": 6.0, "without_models": 2.0},
    }
    assert data["plugin_and_hop"] == 0.5


def test_the_cpu_of_all_parts_is_summed():
    assert PEER.as_json()["rows"][name_of(500)]["cpu_all"] == 3.5


@pytest.mark.parametrize("window", [100, 500])
def test_every_row_asks_for_the_same_words(window):
    rows = bodies(("晴天", "u1"))
    assert rows[name_of(window)]["query"] == rows[CONTROL]["query"] == rows[BM25]["query"]
    assert rows[name_of(window)]["rescore"]["window_size"] == window
