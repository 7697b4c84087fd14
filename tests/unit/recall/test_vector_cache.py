import numpy as np
import pytest

from ranker.recall.encoder import EncoderIdentity
from ranker.recall.vector_cache import VectorCache


class Counting:
    """Encodes a text as the angle of its length, and remembers what it was asked."""

    def __init__(self, version="1"):
        self.identity = EncoderIdentity("fake", version, 2)
        self.asked = []

    def encode(self, texts, progress=None):
        self.asked.extend(texts)
        angles = np.array([len(text) for text in texts], np.float32)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)


@pytest.fixture
def encoder():
    return Counting()


def test_a_text_is_encoded_once(tmp_path, encoder):
    first = VectorCache(tmp_path, encoder).encode(["晴天", "a", "晴天"])
    again = VectorCache(tmp_path, encoder).encode(["a", "晴天", "稻香了"])
    assert sorted(encoder.asked) == ["a", "晴天", "稻香了"]
    assert np.array_equal(first[[1, 0]], again[:2])
    assert first[0] == pytest.approx([np.cos(2), np.sin(2)])


def test_another_version_shares_nothing(tmp_path, encoder):
    VectorCache(tmp_path, encoder).encode(["a"])
    other = Counting("2")
    VectorCache(tmp_path, other).encode(["a"])
    assert other.asked == ["a"]


def test_vectors_without_keys_are_cut_off(tmp_path, encoder):
    VectorCache(tmp_path, encoder).encode(["a", "bb"])
    keys = tmp_path / "1.keys"
    keys.write_bytes(keys.read_bytes()[: -16 - 3])  # as a kill between the two files leaves them
    cache = VectorCache(tmp_path, encoder)
    cache.encode(["ccc"])
    encoder.asked.clear()
    vectors = cache.encode(["a", "bb", "ccc"])
    assert vectors == pytest.approx(np.array([[np.cos(n), np.sin(n)] for n in (1, 2, 3)]), abs=1e-6)
    assert encoder.asked == ["a", "bb"]


def test_what_is_no_unit_vector_is_made_again(tmp_path, encoder):
    VectorCache(tmp_path, encoder).encode(["a", "bb"])
    (tmp_path / "1.vectors").write_bytes(bytes(16))
    assert VectorCache(tmp_path, encoder).encode(["a"])[0] == pytest.approx([np.cos(1), np.sin(1)])


def test_progress_counts_cached_texts_too(tmp_path, encoder):
    VectorCache(tmp_path, encoder).encode(["a"])
    told = []
    VectorCache(tmp_path, encoder).encode(["a", "bb", "bb"], lambda done, size: told.append((done, size)))
    assert told == [(1, 3), (3, 3)]
