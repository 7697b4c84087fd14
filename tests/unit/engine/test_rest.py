import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ranker.engine import rest as rest_module
from ranker.engine.rest import EngineError, EngineRest, Product
from ranker.errors import EncoreError, MissingPartError


class Engine(BaseHTTPRequestHandler):
    """Answers from a script: (status, body) a request; keeps what it was sent."""

    script: list
    received: list

    def _answer(self):
        length = int(self.headers.get("Content-Length", 0))
        self.received.append((self.command, self.path, self.rfile.read(length)))
        status, body = self.script.pop(0)
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_POST = do_HEAD = do_PUT = _answer  # noqa: N815

    def log_message(self, *_):
        pass


@pytest.fixture
def engine():
    handler = type("Handler", (Engine,), {"script": [], "received": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    with EngineRest(f"http://127.0.0.1:{server.server_port}") as rest:
        yield rest, handler
    server.shutdown()
    server.server_close()


def item(status, video_id="BV1", **error):
    return {"index": {"_id": video_id, "status": status} | ({"error": error} if error else {})}


def test_an_error_says_what_was_refused_and_why(engine):
    rest, handler = engine
    cause = {"type": "illegal", "reason": "no such dictionary [x]"}
    handler.script.append(
        (400, {"error": {"type": "mapper", "reason": "failed to build", "caused_by": cause}})
    )
    with pytest.raises(EngineError) as caught:
        rest.call("PUT", "/videos-1", {})
    assert str(caught.value) == (
        "the engine refused [PUT /videos-1] with [400]: failed to build: no such dictionary [x]"
    )
    assert (caught.value.status, caught.value.kind) == (400, "mapper")


def test_nobody_there_says_how_to_start():
    with EngineRest("http://127.0.0.1:9") as rest, pytest.raises(MissingPartError) as caught:
        rest.call("GET", "/")
    assert str(caught.value).startswith("no search engine answers at [http://127.0.0.1:9] (")
    assert str(caught.value).endswith("): start it with `encore up`")


def test_what_follows_the_question_mark_is_sent(engine):
    rest, handler = engine
    handler.script += [(200, {}), (200, {})]
    rest.call("GET", "/a?b=c")
    rest.call("GET", "/a", parameters={"b": "c"})
    assert [path for _, path, _ in handler.received] == ["/a?b=c", "/a?b=c"]


def test_exists_tells_absence_from_failure(engine):
    rest, handler = engine
    handler.script += [(200, {}), (404, {}), (500, {})]
    assert rest.exists("/a")
    assert not rest.exists("/a")
    with pytest.raises(EngineError):
        rest.exists("/a")


def test_bulk_goes_in_parts_by_size(engine, monkeypatch):
    monkeypatch.setattr(rest_module, "_BULK_BYTES", 60)
    rest, handler = engine
    handler.script += [(200, {"items": [item(201)]})] * 2
    actions = [({"index": {"_id": str(n)}}, b'{"title":"x"}') for n in range(2)] + [
        ({"delete": {"_id": "9"}}, None)
    ]
    assert list(rest.bulk("videos-1", actions)) == [1, 2]
    assert handler.received[1] == (
        "POST",
        "/videos-1/_bulk",
        b'{"index": {"_id": "1"}}\n{"title":"x"}\n{"delete": {"_id": "9"}}\n',
    )


def test_a_full_queue_is_waited_for(engine, monkeypatch):
    pauses = []
    monkeypatch.setattr(rest_module, "sleep", pauses.append)
    rest, handler = engine
    full = item(429, type="rejected", reason="queue full")
    handler.script += [(429, {}), (200, {"items": [full]}), (200, {"items": [item(201)]})]
    assert list(rest.bulk("videos-1", [({"index": {"_id": "1"}}, b"{}")])) == [1]
    assert pauses == [0.1, 0.2]
    handler.script += [(200, {"items": [full]})] * 8
    with pytest.raises(EngineError, match=r"refused document \[BV1\] with \[429\]: queue full"):
        list(rest.bulk("videos-1", [({"index": {"_id": "1"}}, b"{}")]))


def test_the_first_lasting_refusal_is_said(engine):
    rest, handler = engine
    refused = item(400, "BV2", type="strict", reason="unknown field [tier]")
    handler.script.append((200, {"items": [item(429, type="rejected", reason="full"), refused]}))
    with pytest.raises(EngineError) as caught:
        list(rest.bulk("videos-1", [({"index": {"_id": "BV2"}}, b"{}")]))
    assert str(caught.value) == "the engine refused document [BV2] with [400]: unknown field [tier]"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"number": "9.5.3", "build_flavor": "default"}, Product("elasticsearch", "9.5.3")),
        ({"number": "3.5.0", "distribution": "opensearch"}, Product("opensearch", "3.5.0")),
    ],
)
def test_the_products_are_told_apart_by_their_root(engine, answer, expected):
    rest, handler = engine
    handler.script.append((200, {"version": answer}))
    assert rest.product() == expected


def test_a_third_product_is_refused(engine):
    rest, handler = engine
    handler.script.append((200, {"version": {"number": "1", "distribution": "other"}}))
    with pytest.raises(EncoreError) as caught:
        rest.product()
    assert str(caught.value) == (
        f"[{rest.url}] answers as [{{'number': '1', 'distribution': 'other'}}]: "
        "neither Elasticsearch nor OpenSearch; correct its address"
    )
