"""Which search engines the scenarios run on."""

import os

import pytest

from ranker.engine.engines import ENGINES
from ranker.settings import Engine

# A test's node lives for seconds: the JVM's second compiler would double the work of its start for nothing.
os.environ.setdefault("ENCORE_ENGINE_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
UNDER_TEST = ("elasticsearch", "opensearch")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        action="append",
        choices=sorted(ENGINES),
        help=f"Run the scenarios on this engine alone; may be repeated (default: {', '.join(UNDER_TEST)}).",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What needs a node, an engine's home or its name runs once for each engine, one after the other."""
    if "product" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--engine") or UNDER_TEST
        metafunc.parametrize("product", chosen, scope="session", indirect=True)


@pytest.fixture(scope="session")
def product(request: pytest.FixtureRequest) -> Engine:
    """Which engine the test runs on."""
    return request.param


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves out what is of one engine alone, with the reason that its mark gives."""
    for item in items:
        for mark in item.iter_markers("only"):
            (wanted,) = mark.args
            if item.callspec.params["product"] != wanted:
                item.add_marker(pytest.mark.skip(reason=f"{wanted} alone: {mark.kwargs['reason']}"))
