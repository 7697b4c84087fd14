import json

from typer.testing import CliRunner

from ranker.cli.main import app
from ranker.serving.model_server.identity import publish_identity


def run(monkeypatch, repository, *arguments):
    monkeypatch.setenv("ENCORE_MODEL_REPO", str(repository))
    result = CliRunner().invoke(app, ["models", *arguments])
    assert result.exit_code == 0
    return result.stdout


def test_it_says_what_is_published_and_what_differs(tmp_path, monkeypatch):
    repository = tmp_path / "models"
    publish_identity(repository, tmp_path)
    said = json.loads(run(monkeypatch, repository, "--json"))
    assert said["repository"] == str(repository)
    assert {row["model"]: (row["versions"], row["configuration_differs"]) for row in said["models"]} == {
        "query_tower": ([], True),
        "relevance": ([], True),
        "mmoe": ([], True),
        "identity": ([1], False),
    }


def test_it_writes_the_configurations(tmp_path, monkeypatch):
    repository = tmp_path / "models"
    said = json.loads(run(monkeypatch, repository, "--write", "--json"))
    assert not any(row["configuration_differs"] for row in said["models"])
    assert (repository / "mmoe" / "config.pbtxt").read_text().startswith("# Made from")
    assert "none: run encore train" in run(monkeypatch, repository)
