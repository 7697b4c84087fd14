import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranker.errors import MissingPartError
from ranker.recall.encoder import (
    _BATCH_TOKENS,
    EncoderIdentity,
    TitleEncoder,
    by_length,
    read_identity,
    write_manifest,
)


class Tokens:
    """One token a character, its code point; 101 in front."""

    def encode_batch(self, texts):
        class Encoding:
            def __init__(self, text):
                self.ids = [101, *map(ord, text)]

        return [Encoding(text) for text in texts]


class Session:
    """The state at [CLS] is (number of tokens, sum of tokens of the row): padding would show."""

    def run(self, names, inputs):
        assert names == ["last_hidden_state"]
        ids, mask = inputs["input_ids"], inputs["attention_mask"]
        states = np.zeros((*ids.shape, 2), np.float32)
        states[:, 0, 0] = mask.sum(1)
        states[:, 0, 1] = (ids * mask).sum(1) - 101
        return [states]


def test_vectors_are_of_length_one_and_in_the_order_of_the_texts():
    encoder = TitleEncoder(EncoderIdentity("fake", "1", 2), Session(), Tokens())
    told = []
    vectors = encoder.encode(["\x01\x01\x02", "\x03"], progress=lambda done, size: told.append((done, size)))
    # "\x01\x01\x02": 4 tokens, sum 4 → (4, 4)/√32; "\x03": 2 tokens, sum 3 → (2, 3)/√13
    assert vectors == pytest.approx(np.array([[4, 4], [2, 3]]) / np.sqrt([[32], [13]]))
    assert vectors.dtype == np.float32
    assert told[-1] == (2, 2)


def test_no_text_gives_no_vector():
    assert TitleEncoder(EncoderIdentity("fake", "1", 2), Session(), Tokens()).encode([]).shape == (0, 2)


@given(st.lists(st.integers(1, 128), max_size=200))
def test_batches_hold_every_row_once_and_stay_within_their_tokens(lengths):
    batches = list(by_length(lengths))
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    assert all(len(batch) * max(lengths[row] for row in batch) <= _BATCH_TOKENS for batch in batches)


def test_an_encoder_is_named_by_its_content(tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"model")
    (tmp_path / "tokenizer.json").write_bytes(b"tokenizer")
    identity = write_manifest(tmp_path, "bge", 512)
    # echo -n modeltokenizer | sha256sum | cut -c1-12
    assert identity == EncoderIdentity("bge", "1361e3309158", 512) == read_identity(tmp_path)


def test_a_folder_that_is_no_encoder_says_so(tmp_path):
    with pytest.raises(MissingPartError, match=r"\[.*\] is no encoder: .*; delete it, and"):
        read_identity(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"schema": 9}))
    with pytest.raises(MissingPartError, match=r"has schema \[9\] and \[1\] is read: delete it"):
        read_identity(tmp_path)
