import json

import pytest
from typer.testing import CliRunner

from ranker.cli.main import app
from ranker.recall.coarse import search_body


def run(*arguments):
    return CliRunner().invoke(app, ["search", *arguments])


def test_the_request_can_be_looked_at_without_a_running_engine():
    result = run("周杰伦 晴天", "--user", "u42", "--size", "3", "--request")
    first, _, body = result.stdout.partition("\n")
    assert first == "POST /videos/_search?include_named_queries_score=true"
    assert json.loads(body) == search_body("周杰伦 晴天", "u42", size=3, routes=["text", "entity"])


@pytest.mark.parametrize(
    ("options", "routes"),
    [
        ((), ["text", "entity"]),
        (("--words",), ["text"]),
        (("--vectors",), ["text", "entity", "vector"]),
        (("--words", "--vectors"), ["text", "vector"]),
    ],
)
def test_routes_are_chosen(options, routes):
    _, _, body = run("晴天", "--request", *options).stdout.partition("\n")
    assert json.loads(body)["query"] == {"encore": {"text": "晴天", "routes": routes}}


def test_help_teaches_by_an_example():
    assert 'encore search "周杰伦 晴天" --user u42 --explain' in run("--help").stdout
