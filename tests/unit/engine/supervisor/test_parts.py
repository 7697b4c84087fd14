import httpx
import pytest

from ranker.engine.supervisor.parts import _ranker_url, _unwell
from ranker.settings import Settings


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
