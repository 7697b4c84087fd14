import asyncio
import json
import logging
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from ranker.engine.supervisor.part import Finding, Health
from ranker.engine.supervisor.parts import RESTORING, _ranker, _ranker_url, _unwell, _valkey, forget_overrides
from ranker.settings import Settings
from tests.certificates import self_signed


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({}, "http://127.0.0.1:8400"),
        ({"ranker_host": "localhost"}, "http://127.0.0.1:8400"),
        ({"ranker_host": "::1"}, "http://[::1]:8400"),
        ({"ranker_host": "10.0.0.7", "ranker_tls_certificate": "c.pem"}, "https://10.0.0.7:8400"),
        ({"ranker_host": "0.0.0.0", "ranker_tls_certificate": "c.pem"}, "https://127.0.0.1:8400"),
    ],
)
def test_where_this_machine_reaches_the_ranker(given, url):
    assert _ranker_url(Settings(**given), 8400) == url


def answer(status: int, **content) -> httpx.Response:
    return httpx.Response(status, request=httpx.Request("GET", "http://127.0.0.1:8400/health"), **content)


def test_a_ranker_without_some_models_names_them():
    body = {"ok": False, "models": {"mmoe": True, "relevance": False, "query_tower": False}}
    assert _unwell(answer(503, json=body)) == "no inference by [relevance, query_tower]"


@pytest.mark.parametrize("content", [{"text": "oops"}, {"json": [1]}, {"json": {"models": None}}])
def test_whatever_else_it_says_is_quoted(content):
    said = _unwell(answer(500, **content))
    assert said.startswith("[http://127.0.0.1:8400/health] answered HTTP 500: ")


def test_a_ranker_that_still_loads_or_has_nothing_says_so():
    models = {"mmoe": True}
    assert _unwell(answer(503, json={"models": models, "restoring": True})) == RESTORING
    assert _unwell(answer(503, json={"models": models})) == "no generation is held: build an index"


class Well(BaseHTTPRequestHandler):
    """A ranker of which all is well."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("holds_for", ["IP:127.0.0.1", "DNS:ranker.example"])
def test_a_rankers_certificate_is_checked(tmp_path, holds_for):
    pair = self_signed(tmp_path, holds_for=holds_for)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(pair.certificate, pair.key)
    server = HTTPServer(("127.0.0.1", 0), Well)
    server.socket = serving.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings = Settings(data=tmp_path, ranker_tls_certificate=pair.certificate, ranker_tls_key=pair.key)
    url = f"https://127.0.0.1:{server.server_port}"
    try:
        finding = asyncio.run(_ranker(settings, server.server_port, url, None).probe(True))
    finally:
        server.shutdown()
        server.server_close()
    if holds_for == "IP:127.0.0.1":
        assert finding == Finding(Health.READY)
    else:
        assert finding.health is Health.ANSWERING
        assert finding.detail.startswith(f"the certificate [{pair.certificate}] does not hold for [{url}] (")
        assert finding.detail.endswith("): make one that does")


@pytest.mark.parametrize(
    ("persistent", "put"),
    [
        ({"cluster.max_shards_per_node": "9"}, []),
        (
            {"encore.ranker.addresses": ["http://127.0.0.1:1"], "indices.recovery.max_bytes_per_sec": "1mb"},
            [{"persistent": {"encore.ranker.addresses": None}}],
        ),
    ],
)
def test_what_a_killed_bench_set_is_taken_back_and_nothing_else(caplog, persistent, put):
    sent = []

    def engine(request):
        assert request.url.path == "/_cluster/settings"
        if request.method == "PUT":
            sent.append(json.loads(request.content))
        return httpx.Response(200, json={"persistent": persistent, "transient": {}})

    async def forget():
        transport = httpx.MockTransport(engine)
        async with httpx.AsyncClient(base_url="http://127.0.0.1:9200", transport=transport) as client:
            return await forget_overrides(client)

    with caplog.at_level(logging.WARNING):
        assert asyncio.run(forget()) == [name for change in put for name in change["persistent"]]
    assert sent == put
    assert ("encore.ranker.addresses ['http://127.0.0.1:1']" in caplog.text) == bool(put)


def test_the_embedded_valkey_is_ready_once_it_answers_and_silent_when_it_died(tmp_path):
    async def whole():
        part = _valkey(Settings(data=tmp_path))
        before = await part.probe(True)
        process = await asyncio.create_subprocess_exec(*part.child.argv, cwd=tmp_path, stdout=-3)
        async with asyncio.timeout(20):
            while (running := await part.probe(True)).health is not Health.READY:
                await asyncio.sleep(0.01)
        process.kill()
        await process.wait()
        return part, before, running, await part.probe(True)

    part, before, running, after = asyncio.run(whole())
    assert before.health is after.health is Health.SILENT
    assert before.detail.startswith(f"no answer from [{part.addresses['url']}]: ")
    assert running == Finding(Health.READY)
    assert (part.name, part.key) == ("valkey", "")
