"""Malformed requests over the whole DSL: each is refused with the offending value, none breaks the node."""

from ranker.evaluation import fuzz
from tests.engine.recall_videos import videos

REQUESTS = 300


def test_each_is_refused_by_name_and_the_node_lives(node):
    def send(method, path, body):
        return node.http.request(method, path, content=body, headers={"Content-Type": "application/json"})

    with videos(node, "fuzzed", dimensions=0) as index:
        *_, report = fuzz.run(send, fuzz.cases(REQUESTS, 20_261, index, node.product))
        assert report.as_json()["first"] == []
        assert report.alive
        assert sum(sum(counts.values()) for counts in report.statuses.values()) == REQUESTS
        refused = sum(counts[400] for counts in report.statuses.values())
        assert refused > 0.8 * REQUESTS, report.as_json()["statuses"]
