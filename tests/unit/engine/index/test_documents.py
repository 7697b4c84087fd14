import json
import math

import numpy as np
import pytest

from ranker.catalog.video import Video
from ranker.engine.index.documents import document, index_actions


def test_a_document_has_every_known_field_and_leaves_out_the_unknown():
    video = Video(video_id="BV1", title="晴天", tags=("现场",), plays=99)
    assert document(video, [0.6, 0.8]) == {
        "video_id": "BV1",
        "title": "晴天",
        "tags": ("现场",),
        "uploader_id": "",
        "uploader": "",
        "reviewed": False,
        "plays": 99,
        "likes": 0,
        "favorites": 0,
        "shares": 0,
        "comments": 0,
        "popularity": pytest.approx(math.log(100)),
        "title_vector": [0.6, 0.8],
    }
    known = document(
        Video(video_id="BV1", title="x", uploaded_at=5, duration_seconds=1.5, resolution=720), []
    )
    assert (known["uploaded_at"], known["duration_seconds"], known["resolution"]) == (5, 1.5, 720)


def test_actions_name_the_id_and_round_the_vector():
    vectors = np.array([[1 / 3, 0]], np.float32)
    ((action, body),) = index_actions([Video(video_id="BV1", title="晴天")], vectors)
    assert action == {"index": {"_id": "BV1"}}
    assert json.loads(body)["title_vector"] == [0.333333, 0.0]
    assert "晴天".encode() in body


def test_a_rounded_unit_vector_stays_a_unit_vector_to_the_engine():
    vector = np.random.default_rng(7).normal(size=(1, 512)).astype(np.float32)
    vector /= np.linalg.norm(vector)
    ((_, body),) = index_actions([Video(video_id="BV1", title="x")], vector)
    length = np.linalg.norm(np.array(json.loads(body)["title_vector"], np.float32))
    assert abs(length - 1) < 1e-5
