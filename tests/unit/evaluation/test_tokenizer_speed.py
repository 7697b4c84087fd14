import pytest

from ranker.evaluation.tokenizer_speed import TokenizerSpeed, measure
from ranker.text.dictionary import DictionaryWord, export


def test_times_are_the_median_of_the_rounds_ratios():
    speed = TokenizerSpeed(
        1, {"cut": [100, 60, 90], "search": [50, 50, 50]}, {"cut": [10, 10, 10], "search": [10] * 3}
    )
    assert speed.times("cut") == 9
    assert speed.enough  # search: 5 times, just enough
    assert speed.as_json() == {
        "texts": 1,
        "at_least": 5.0,
        "ok": True,
        "cut": {"java": 90, "jieba": 10, "times": 9.0},
        "search": {"java": 50, "jieba": 10, "times": 5.0},
    }


def test_too_slow_in_one_mode_is_too_slow():
    speed = TokenizerSpeed(1, {"cut": [100], "search": [49]}, {"cut": [10], "search": [10]})
    assert not speed.enough


def test_the_first_round_warms_up_and_both_take_turns(tmp_path):
    dictionary = tmp_path / export([DictionaryWord("周杰伦")], tmp_path)
    asked = []

    def java(mode, seconds):
        asked.append((mode, seconds))
        return float(len(asked))

    speed = measure(["周杰伦 晴天"], dictionary, java, rounds=2, seconds=0.001, progress=lambda *at: None)
    assert asked == [("cut", 0.001), ("search", 0.001)] * 3
    assert speed.java == {"cut": [3.0, 5.0], "search": [4.0, 6.0]}
    assert all(rate > 0 for rates in speed.jieba.values() for rate in rates)
    assert speed.texts == 1
    assert speed.times("cut") == pytest.approx(
        sum(j / p for j, p in zip([3.0, 5.0], speed.jieba["cut"], strict=True)) / 2
    )
