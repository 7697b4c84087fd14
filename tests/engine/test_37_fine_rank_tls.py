"""The node knows an https ranker by the certificate of our settings, sends it the token, trusts no other."""

import ssl
from types import SimpleNamespace

import httpx
import pytest

from ranker.engine.node import EngineNode
from ranker.engine.plan import plan, ranker_secrets, ranker_settings
from ranker.engine.ports import any_free
from ranker.settings import Settings
from tests.certificates import Pair, issued, self_signed
from tests.engine.engine_client import EngineClient
from tests.engine.fake_ranker import FakeRanker
from tests.engine.fine_rank_songs import FINE, FINE_ORDER, ids, marks, search, songs, stats, using


def serving(pair: Pair) -> ssl.SSLContext:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pair.certificate, pair.key)
    return tls


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def pair(folder):
    return issued(folder, self_signed(folder, "authority", "DNS:nobody"))


@pytest.fixture(scope="module")
def guarded(jdk, home, cache, folder, pair):
    """A node as `encore up` starts it where the ranker has a token and TLS, and that ranker."""
    (folder / "token").write_text("s3cret\n")
    settings = Settings(
        data=folder / "data",
        engine=home.engine,
        cache=cache,
        engine_heap_megabytes=512,
        fine_rank_timeout_milliseconds=5000,
        ranker_token_file=folder / "token",
        ranker_tls_certificate=pair.certificate,
        ranker_tls_key=pair.key,
    )
    with FakeRanker(serving(pair)) as fake:
        planned = plan(
            settings,
            home,
            jdk,
            extra=ranker_settings(settings, [fake.address]),
            secrets=ranker_secrets(settings),
            port=any_free(),
        )
        with EngineNode.launch(planned) as engine:
            engine.wait_ready()
            with httpx.Client(base_url=engine.url, timeout=60, trust_env=False) as http:
                yield SimpleNamespace(client=EngineClient(http), http=http, fake=fake)


@pytest.fixture(scope="module")
def index(guarded):
    with songs(guarded, "guarded") as name:
        yield name


def test_the_ranker_of_the_settings_is_asked_with_the_token(guarded, index):
    answer = search(guarded, index)
    assert ids(answer) == FINE_ORDER[:10]
    assert marks(answer)[0] == FINE
    assert {headers["Authorization"] for headers in guarded.fake.headers} == {"Bearer s3cret"}


@pytest.mark.parametrize("holds_for", ["IP:127.0.0.1", "DNS:ranker.example"])
def test_a_ranker_with_another_certificate_is_not(guarded, index, folder, holds_for):
    impostor = self_signed(folder, "impostor", holds_for)
    with FakeRanker(serving(impostor)) as fake, using(guarded, fake.address):
        answer = search(guarded, index)
        assert marks(answer)[0] == {"rank": "coarse", "cause": "ranker_unavailable"}
        assert fake.headers == []
        assert "certificat" in stats(guarded)["last_failure"]["ranker_unavailable"]["reason"].lower()
