"""A node is killed under load: no search that is tried again is lost, and no document that was acknowledged.

Of two nodes that may be elected one alone has a vote, or each would stop when the other does. The node
without a vote is missed by nobody. The one with it is missed by writes: they wait for it, as they must.
"""

import pytest

from tests.engine.cluster_load import Load
from tests.engine.fake_ranker import wait_until
from tests.engine.fine_rank_songs import FINE, FINE_ORDER, body, ids, marks, ranker, search, song, songs
from tests.engine.two_nodes import green, node_ids, together

SHARDS = 3
KEEP_ALIVE = "search.default_keep_alive"
WRITTEN = song(0) | {"title": "written meanwhile"}


@pytest.fixture
def fake(nodes):
    # Twelve search threads a node, which all may call at once: none is refused for being one too many.
    with ranker(nodes[0], calls_in_flight=16) as started:
        nodes[0].client.configure({KEEP_ALIVE: "3s"})
        yield started
        nodes[0].client.configure({KEEP_ALIVE: None})


@pytest.fixture
def index(nodes, fake):
    with songs(nodes[0], "loses-a-node", shards=SHARDS, replicas=1) as name:
        # No waiting for a node that may come back: there is nobody else to take its copies anyway.
        now = {"index.unassigned.node_left.delayed_timeout": "0"}
        nodes[0].client.call("PUT", f"/{name}/_settings", now)
        green(nodes[0], name)
        yield name
        for node in nodes:
            if not node.engine.alive():
                node.start()
        together(nodes)


@pytest.fixture
def voter(nodes):
    """The node whose vote makes a master."""
    state = nodes[0].client.call("GET", "/_cluster/state/metadata")
    (vote,) = state["metadata"]["cluster_coordination"]["last_committed_config"]
    names = {key: name for name, key in node_ids(nodes[0]).items()}
    return names[vote]


def flaw(answer):
    """What an answer lacks: every answer is whole and finely ranked, whoever died."""
    shards = answer.json()["_shards"]
    if shards["failed"] or shards["total"] != SHARDS:
        return f"shards {shards}"
    if (ids(answer), marks(answer)) != (FINE_ORDER[:10], [FINE] * 10):
        return answer.text
    return answer.headers.get("X-Encore-Degraded", "")


def primaries(node, index):
    """By shard: on which node its primary is, and in which state."""
    found = node.client.call("GET", f"/_cat/shards/{index}", format="json")
    return {shard["shard"]: (shard["node"], shard["state"]) for shard in found if shard["prirep"] == "p"}


def assert_nothing_is_lost(nodes, index, counts):
    assert counts.lost == []
    assert counts.wrong[:3] == []
    for node in nodes:
        node.client.refresh(index)
        for start in range(0, len(counts.acknowledged), 500):
            page = counts.acknowledged[start : start + 500]
            docs = node.client.call("POST", f"/{index}/_mget", {"ids": page}, preference="_local")["docs"]
            assert [doc["_id"] for doc in docs if not doc["found"]] == []
        answer = search(node, index, body(size=40))
        assert (ids(answer), marks(answer)) == (FINE_ORDER, [FINE] * 40)
        copies = {
            copy: node.client.call("GET", f"/{index}/_count", preference=f"_only_nodes:{copy}")["count"]
            for copy in node_ids(node)
        }
        assert len(set(copies.values())) == 1, copies
        assert copies["one"] >= 40 + len(counts.acknowledged)


def test_a_node_without_a_vote_is_killed(nodes, index, voter):
    (survivor,) = (node for node in nodes if node.name == voter)
    (victim,) = (node for node in nodes if node.name != voter)
    before = primaries(survivor, index)
    assert {node for node, _ in before.values()} == {"one", "two"}
    with Load(nodes, index, body=body(), flaw=flaw, document=WRITTEN) as load:
        load.goes_on()
        victim.kill()
        promoted = {shard: (survivor.name, "STARTED") for shard in before}
        wait_until(lambda: primaries(survivor, index) == promoted, 60)
        load.goes_on()  # writes too: each primary that was there has its successor
        assert survivor.client.call("GET", f"/_cluster/health/{index}")["status"] == "yellow"
        victim.start()
        together(nodes)
        green(survivor, index)
        load.goes_on()
    assert load.counts.retried > 0
    assert_nothing_is_lost(nodes, index, load.counts)


def test_the_node_with_the_vote_is_killed(nodes, index, voter):
    (victim,) = (node for node in nodes if node.name == voter)
    (survivor,) = (node for node in nodes if node.name != voter)
    with Load(nodes, index, body=body(), flaw=flaw, document=WRITTEN) as load:
        load.goes_on()
        victim.kill()
        load.goes_on(writes=0)  # whole and finely ranked from the other node's copies
        refused = load.counts.unacknowledged
        wait_until(lambda: load.counts.unacknowledged > refused, 60)
        victim.start()
        together(nodes)
        green(survivor, index)
        load.goes_on()
    assert load.counts.retried > 0
    assert_nothing_is_lost(nodes, index, load.counts)
