"""`encore bench tokenizer`: the plugin's tokenizer in a Java process of its own, without a node."""

import pytest

from ranker.engine.home import EngineHome
from ranker.engine.java import Jdk
from ranker.errors import EncoreError
from ranker.evaluation.tokenizer_speed import java_tokenizer


def test_the_jars_of_a_home_are_enough_to_measure_it(jdk: Jdk, home: EngineHome, dictionary_folder, tmp_path):
    texts = ["周杰倫 晴天", "", "a\nb", "😀"]
    with java_tokenizer(jdk, home.path, dictionary_folder, texts, tmp_path) as rate:
        assert rate("cut", 0.05) > 0
        assert rate("search", 0.05) > 0


def test_a_tokenizer_that_stops_says_why(jdk: Jdk, home: EngineHome, tmp_path):
    missing = tmp_path / "none"
    with (
        java_tokenizer(jdk, home.path, missing, ["晴天"], tmp_path) as rate,
        pytest.raises(EncoreError) as stopped,
    ):
        rate("cut", 0.05)
    assert "the Java tokenizer stopped: [" in str(stopped.value)
    assert str(missing) in str(stopped.value)
