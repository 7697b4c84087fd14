import base64
import json
import os
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ranker.engine.index.ranker_door import OfflineRanker, RunningRanker
from ranker.engine.index.site import open_site
from ranker.engine.reach import Reach
from ranker.errors import EncoreError, InvalidInputError, MissingPartError
from ranker.settings import Settings
from tests.certificates import Pair, issued, self_signed


class Server(BaseHTTPRequestHandler):
    """Engine and ranker in one: notes who asks."""

    asked: list

    def do_GET(self):
        self.asked.append((self.path, self.headers.get("Authorization")))
        root = {"version": {"number": "9.5.3", "build_flavor": "default"}}
        content = json.dumps(root if self.path == "/" else {"generations": []}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@contextmanager
def listening(pair: Pair):
    """Its address and what it was asked."""
    handler = type("Handler", (Server,), {"asked": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pair.certificate, pair.key)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_port}", handler.asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def elsewhere(tmp_path):
    """Settings of a stack in containers, as the compose file makes it."""
    authority = self_signed(tmp_path, "authority", "DNS:nobody")
    (tmp_path / "password").write_text("pass\n")
    (tmp_path / "token").write_text("s3cret\n")
    return {
        "data": tmp_path / "data",
        "engine_user": "elastic",
        "engine_password_file": tmp_path / "password",
        "engine_certificate_authority": authority.certificate,
        "ranker_token_file": tmp_path / "token",
    }, issued(tmp_path, authority)


def test_commands_reach_a_stack_elsewhere_as_its_user_over_tls(elsewhere):
    given, pair = elsewhere
    basic = "Basic " + base64.b64encode(b"elastic:pass").decode()
    with listening(pair) as (url, asked):
        settings = Settings(engine_url=url, ranker_url=url, **given)
        with open_site(settings, "videos", {}) as site:
            assert site.live() == "generations"
            assert site.ranker.held() == {}
        with Reach.of(settings).ranker() as ranker:
            ranker.get("/metrics")
    assert asked == [
        ("/", basic), ("/_alias/videos", basic),
        ("/v1/generations", "Bearer s3cret"), ("/metrics", "Bearer s3cret")
    ]  # fmt: skip


def test_an_engine_elsewhere_that_is_the_other_one_is_refused(elsewhere):
    given, pair = elsewhere
    with listening(pair) as (url, _):
        settings = Settings(engine="opensearch", engine_url=url, ranker_url=url, **given)
        with pytest.raises(InvalidInputError) as refusal, open_site(settings, "videos", {}):
            pass
    assert str(refusal.value) == (
        f"[{url}] answers as [elasticsearch], and ENCORE_ENGINE is [opensearch]: "
        "set it to [elasticsearch], for the ranker beside that engine too"
    )


def test_a_server_with_another_certificate_gets_neither_password_nor_token(elsewhere, tmp_path):
    given, _ = elsewhere
    with listening(self_signed(tmp_path, "impostor")) as (url, asked):
        reach = Reach.of(Settings(engine_url=url, ranker_url=url, **given))
        with pytest.raises(MissingPartError) as refusal, reach.engine() as engine:
            engine.call("GET", "/")
        with pytest.raises(MissingPartError, match="CERTIFICATE_VERIFY_FAILED"):
            reach.door().held()
    assert asked == []
    assert str(refusal.value).startswith(
        f"no search engine answers at [{url}] ([SSL: CERTIFICATE_VERIFY_FAILED]"
    )
    assert str(refusal.value).endswith(
        "): look at it, or correct ENCORE_ENGINE_URL and ENCORE_ENGINE_CERTIFICATE_AUTHORITY"
    )


def test_without_a_rankers_address_columns_change_on_disk(tmp_path):
    reach = Reach.of(Settings(data=tmp_path, engine_url="http://127.0.0.1:9"))
    assert isinstance(reach.door(), OfflineRanker)
    with pytest.raises(EncoreError) as refusal:
        reach.ranker()
    assert str(refusal.value) == "no ranker beside the engine [http://127.0.0.1:9]: set ENCORE_RANKER_URL"


def test_an_empty_password_file_is_one_sentence(tmp_path):
    (tmp_path / "password").touch()
    settings = Settings(
        engine_url="http://127.0.0.1:9", engine_user="elastic", engine_password_file=tmp_path / "password"
    )
    with pytest.raises(InvalidInputError) as refusal:
        Reach.of(settings).engine()
    assert str(refusal.value) == (f"the password file [{tmp_path}/password] is empty; write one line into it")


@pytest.mark.parametrize(("pid", "kind"), [(7, RunningRanker), (None, OfflineRanker)])
def test_otherwise_it_is_the_stack_that_runs_here(tmp_path, pid, kind):
    settings = Settings(data=tmp_path)
    settings.run.mkdir()
    running = {"engine": {"url": "http://127.0.0.1:1"}, "ranker": {"url": "http://127.0.0.1:2", "pid": pid}}
    (settings.run / "state.json").write_text(json.dumps({"pid": os.getpid(), **running}))
    reach = Reach.of(settings)
    assert reach.engine().url == "http://127.0.0.1:1"
    assert type(reach.door()) is kind


def test_the_engine_that_runs_here_decides_about_folders(tmp_path):
    settings = Settings(data=tmp_path)
    settings.run.mkdir()
    running = {"product": "opensearch", "engine": {"url": "http://127.0.0.1:1"}}
    (settings.run / "state.json").write_text(json.dumps({"pid": os.getpid(), **running}))
    with open_site(settings, "videos", {}) as site:
        assert site.folder("videos-1") == tmp_path / "generations" / "opensearch" / "videos-1"


def test_and_where_nothing_runs_it_says_so(tmp_path):
    with pytest.raises(EncoreError) as refusal:
        Reach.of(Settings(data=tmp_path))
    assert str(refusal.value) == f"nothing runs in [{tmp_path}]: start it with 'encore up'"
