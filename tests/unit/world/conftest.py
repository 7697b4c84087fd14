import pytest

from ranker.world.generate import generate
from ranker.world.truth import Truth


@pytest.fixture(scope="session")
def small_world(tmp_path_factory):
    return generate("small", 7, tmp_path_factory.mktemp("worlds") / "small")


@pytest.fixture(scope="session")
def small_truth(small_world):
    return Truth.load(small_world.path)


@pytest.fixture(scope="session")
def small_log(small_world):
    """Exposures with their searches' columns, in order of time."""
    searches = small_world.searches
    return small_world.exposures.join(searches, on="request_id", how="left", maintain_order="left")
