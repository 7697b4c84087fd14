import pytest

from tests.unit.features.samples.small_world import Log


@pytest.fixture
def log(tmp_path):
    return Log(tmp_path)
