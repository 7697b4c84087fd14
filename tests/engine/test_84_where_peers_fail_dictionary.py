"""Where peers fail: a dictionary's reload that nobody sees, that works once, that misses nodes (IK 1084)."""

import threading

import pytest

from tests.engine.dictionary_cluster import index_body, put
from tests.engine.fake_ranker import wait_until


@pytest.fixture(scope="module")
def index(nodes):
    one = nodes[0]
    assert put(one, one.dictionary_folder).status_code in (200, 201)
    one.client.call("PUT", "/reloaded", index_body(one.dictionary, shards=2))
    yield "reloaded"
    one.client.drop("reloaded")


def test_it_works_twice_under_load_and_is_seen_on_every_node(nodes, index):
    stop = threading.Event()
    seen: list[list[str]] = []
    wrong: list[str] = []

    def cut(node):
        while not stop.is_set():
            body = {"field": "title", "text": "周杰倫会不会"}
            answer = node.http.post(f"/{index}/_analyze", json=body)
            if answer.status_code == 200:
                seen.append([token["token"] for token in answer.json()["tokens"]])
            else:
                wrong.append(answer.text)

    threads = [threading.Thread(target=cut, args=(node,)) for node in nodes]
    for thread in threads:
        thread.start()
    try:
        for _ in range(2):
            for node in nodes:
                answer = node.client.call("POST", "/_encore/dictionary/_reload")
                assert answer["_nodes"] == {"total": 2, "successful": 2, "failed": 0}
                listed = node.client.call("GET", "/_encore/dictionary")["versions"][node.dictionary]
                assert sorted(listed["nodes"].values()) == ["ready", "ready"]
                assert listed["indices"] == [index]
                count = len(seen)
                wait_until(lambda count=count: bool(wrong) or len(seen) >= count + 20)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not wrong
    assert all(tokens == ["周杰伦", "会不会"] for tokens in seen)
