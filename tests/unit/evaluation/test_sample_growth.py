import os

from ranker.evaluation import sample_growth
from ranker.settings import Settings


def test_a_small_log_is_built_and_measured_and_leaves_nothing(tmp_path):
    settings = Settings(data=tmp_path / "bench")
    told = []
    (growth,) = sample_growth.measure(settings, os.environ, [700], lambda *stage: told.append(stage))
    # 70 requests of ten events; each scored ten candidates and showed eight.
    assert (growth.events, growth.candidates, growth.samples) == (700, 700, 560)
    assert growth.seconds > 0
    assert growth.peak_megabytes > 1
    assert growth.as_json()["samples_a_second"] == round(560 / growth.seconds)
    assert told[-1] == ("building 700", 1, 1)
    assert not settings.data.exists()
