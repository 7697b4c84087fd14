"""The real encoder, as it is fetched: what its vectors promise."""

import os
from pathlib import Path

import numpy as np
import pytest

from ranker.engine.encoder import DIMENSIONS, NAME, encoder_folder
from ranker.recall.encoder import TitleEncoder
from ranker.settings import PROJECT

BATCH_TOLERANCE = 0.02  # 1 − cosine of one text in two batches: activations are quantised a batch at a time


@pytest.fixture(scope="module")
def folder():
    cache = Path(os.environ.get("ENCORE_CACHE", PROJECT / ".encore" / "cache"))
    return encoder_folder(cache, os.environ)


@pytest.fixture(scope="module")
def encoder(folder):
    return TitleEncoder.open(folder)


def cosine(encoder, *texts):
    vectors = encoder.encode(texts)
    return float(vectors[0] @ vectors[1])


def test_vectors_are_of_length_one(encoder):
    vectors = encoder.encode(["周杰伦 晴天", "", "a" * 1000, "😀"])
    assert vectors.shape == (4, DIMENSIONS)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-5)


def test_capitals_are_read_as_small_letters(encoder):
    assert cosine(encoder, "JAY CHOU LIVE", "jay chou live") > 1 - BATCH_TOLERANCE


def test_meaning_is_nearer_than_words(encoder):
    same = cosine(encoder, "猫咪搞笑视频", "小猫的爆笑瞬间")
    other = cosine(encoder, "猫咪搞笑视频", "考研数学视频")
    assert same > other + 0.1


def test_a_text_means_the_same_in_any_batch(encoder):
    alone = encoder.encode(["田馥甄 小幸运"])[0]
    among = encoder.encode(["田馥甄 小幸运", "广场舞教学小苹果完整版慢动作", "hebe"] * 30)[0]
    assert float(alone @ among) > 1 - BATCH_TOLERANCE


def test_it_is_named_by_its_content_and_keeps_its_licence(folder, encoder):
    assert encoder.identity.name == NAME
    assert encoder.identity.dimensions == DIMENSIONS
    assert len(encoder.identity.version) == 12
    assert "MIT License" in (folder / "NOTICE").read_text("utf-8")
