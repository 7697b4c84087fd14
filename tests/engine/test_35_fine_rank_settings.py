"""The node's settings for calling the ranker: changed while it runs, wrong ones refused with the reason."""

import re

import pytest

from ranker.engine.plugin import SOURCES
from tests.engine.fake_ranker import slow
from tests.engine.fine_rank_songs import FINE, body, marks, ranker, search, songs, stats


@pytest.fixture(scope="module")
def index(node):
    with songs(node, "settings") as name:
        yield name


def configure(node, settings):
    return node.http.put("/_cluster/settings", json={"persistent": settings})


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (
            "127.0.0.1:8400",
            "ranker address [127.0.0.1:8400] is not of the form [http://host:port] or [https://host:port]",
        ),
        (
            "http://127.0.0.1:8400/path",
            "ranker address [http://127.0.0.1:8400/path] is not of the form "
            "[http://host:port] or [https://host:port]",
        ),
        (
            "http://10.0.0.5:8400",
            "ranker address [http://10.0.0.5:8400] is not on this machine: use https and set a token, "
            "or an address such as [http://127.0.0.1:8400]",
        ),
        (
            "https://ranker.example:8400",
            "ranker address [https://ranker.example:8400] is not on this machine: use https and set a token, "
            "or an address such as [http://127.0.0.1:8400]",
        ),
    ],
)
def test_a_wrong_address_is_refused(node, address, why):
    before = stats(node)["rankers"]
    answer = configure(node, {"encore.ranker.addresses": [address]})
    assert answer.status_code == 400
    assert f"[encore.ranker.addresses]: {why}" in answer.text
    assert stats(node)["rankers"] == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timeout", "0ms"),
        ("timeout", "2h"),
        ("calls_in_flight", 0),
        ("breaker.failures", 0),
        ("breaker.probe_interval", "0s"),
        ("max_response_size", "1b"),
        ("no_such_setting", 1),
        ("token", "in-the-open"),
    ],
)
def test_a_value_out_of_bounds_is_refused(node, name, value):
    assert configure(node, {f"encore.ranker.{name}": value}).status_code == 400


def test_the_timeout_changes_while_the_node_runs(node, index):
    with ranker(node, timeout="100ms") as fake:
        fake.behave = slow(2)
        answer = search(node, index)
        assert marks(answer)[0] == {"rank": "coarse", "cause": "timeout"}
        assert answer.json()["took"] < 2_000
        node.client.configure({"encore.ranker.timeout": "30s"})
        assert marks(search(node, index))[0] == FINE


def test_the_bound_of_answers_changes_while_the_node_runs(node, index):
    with ranker(node, max_response_size="1kb"):
        assert marks(search(node, index, body(window=40)))[0] == FINE
        answer = search(node, index, body(window=40, explain=True))
        assert marks(answer)[0] == {"rank": "coarse", "cause": "bad_response"}
        assert "exceeds the limit of [1024]" in stats(node)["last_failure"]["bad_response"]["reason"]


def test_stats_name_the_node_and_the_rankers(node):
    with ranker(node) as fake:
        answer = node.http.get("/_encore/stats").json()
        assert answer["_nodes"] == {"total": 1, "successful": 1, "failed": 0}
        ((name, only),) = answer["nodes"].items()
        assert name in node.http.get("/_nodes").json()["nodes"]
        assert only["node"] == "encore-1"
        assert only["fine_rank"]["rankers"] == [{"address": fake.address, "circuit": "closed", "opened": 0}]
        assert only["fine_rank"]["in_flight"] == 0


def test_half_a_second_is_the_default(node):
    defaults = node.http.get("/_cluster/settings?include_defaults&flat_settings").json()["defaults"]
    assert defaults["encore.ranker.timeout"] == "500ms"


def test_the_readme_lists_every_cause(node):
    readme = (SOURCES / "README.md").read_text("utf-8").split("## The rescorer", 1)[1].split("\n## ", 1)[0]
    assert re.findall(r"^\| `(\w+)` \|", readme, re.MULTILINE) == list(stats(node)["causes"])
