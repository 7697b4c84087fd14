"""The same funnel on the other engine: the same world and models, an index and columns of its own."""

import json
import re
import shlex

import pytest

from ranker.recall.coarse import PARAMETERS, search_body
from ranker.settings import PROJECT

pytestmark = pytest.mark.timeout(900)  # two engines are started in turn, a third time in the end

# What the README tells people to type.
SECTION = (PROJECT / "README.md").read_text("utf-8").split("## On OpenSearch\n", 1)[1].split("\n## ", 1)[0]
COMMANDS = [shlex.split(line) for line in re.findall(r"^    encore (.+)$", SECTION, re.MULTILINE)]
TEXTS = ("周杰伦 晴天", "hebe", "会不会")


def asked(stack, text, request_id):
    """A fine search as of the end of the world's log, so that both engines are asked the same."""
    manifest = json.loads((stack.settings.worlds / "demo" / "manifest.json").read_text())
    body = search_body(text, "u1", size=20, window=200, explain=True)
    body["rescore"]["fine_rank"] |= {"request_id": request_id, "now": manifest["now_ms"]}
    answer = stack.engine.post("/videos/_search", json=body, params=PARAMETERS)
    assert answer.status_code == 200, answer.text
    assert "x-encore-degraded" not in answer.headers
    assert answer.headers["x-encore-request-id"] == request_id
    return answer.json()["hits"]["hits"]


@pytest.fixture(scope="module")
def before(stack):
    """What Elasticsearch answers."""
    return {text: asked(stack, text, f"one-{number}") for number, text in enumerate(TEXTS)}


@pytest.fixture(scope="module")
def build(stack, before):
    *start, build = COMMANDS
    try:
        for command in start:
            stack.encore(*command)
        yield stack.json(*build)
    finally:
        stack.encore("down")
        stack.encore("up")


def test_the_readme_starts_it():
    assert COMMANDS == [["down"], ["up", "--engine", "opensearch"], ["index", "build", "--world", "demo"]]


def test_all_parts_answer_and_the_status_names_the_engine(stack, build):
    found = stack.json("status")
    assert found["product"] == "opensearch"
    parts = {part["name"]: part["phase"] for part in found["parts"]}
    assert parts == {"engine": "ready", "triton": "ready", "ranker": "ready"}
    assert stack.engine.get("/").json()["version"]["distribution"] == "opensearch"


def test_the_index_and_its_columns_are_this_engines_own(stack, build):
    found = stack.json("index", "status")
    assert found["live"] == build["generation"]
    assert build["indexed"] == build["live_rows"] > 0
    assert (stack.settings.data / "generations" / "opensearch" / build["generation"]).is_dir()
    assert not (stack.settings.data / "generations" / "elasticsearch" / build["generation"]).exists()


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_its_fine_order_is_that_of_the_first_engine_and_explained(stack, build, before, number):
    text = TEXTS[number]
    hits = asked(stack, text, f"other-{number}")
    assert hits
    assert all(hit["fields"]["encore"][0]["rank"] == "fine" for hit in hits)
    assert {hit["_id"]: hit["_score"] for hit in hits} == pytest.approx(
        {hit["_id"]: hit["_score"] for hit in before[text]}, abs=1e-4
    )
    for hit in hits:
        explanation = hit["_explanation"]
        assert explanation["value"] == hit["_score"]
        assert explanation["description"] == "1 + tier + u, finely ranked, sum of:"


@pytest.mark.parametrize("options", [[], ["--words"], ["--vectors"]], ids=["plan", "words", "vectors"])
def test_the_command_searches_by_the_clause(stack, build, options):
    found = stack.json("search", "周杰伦 晴天", "--user", "u1", *options)
    assert found["degraded"] == []
    assert len(found["hits"]) == 10
    assert {hit["rank"] for hit in found["hits"]} == {"fine"}


def test_a_written_video_is_found_and_a_deleted_one_is_not(stack, build, tmp_path):
    path = tmp_path / "new.csv"
    path.write_text("id,title,artist,plays\nBVnew,一首新歌 独此一份,路人,7\n", "utf-8")
    columns = ["--map", "id=id,title=title,artist=artist,plays=plays"]
    assert stack.json("index", "upsert", str(path), *columns)["upserted"] == 1
    assert stack.json("search", "独此一份", "--words", "--coarse")["hits"][0]["id"] == "BVnew"
    assert stack.json("index", "delete", "BVnew")["deleted"] == 1
    ids = [hit["id"] for hit in stack.json("search", "独此一份", "--words", "--coarse")["hits"]]
    assert "BVnew" not in ids


def test_the_doctor_finds_nothing_missing(stack, build):
    found = stack.json("doctor")
    assert found["missing"] == 0
    assert "OpenSearch 3.5.0" in {check["name"] for check in found["checks"]}


def test_afterwards_the_first_engine_has_what_it_had(stack, build, before):
    stack.encore("down")
    stack.encore("up")
    assert stack.json("status")["product"] == "elasticsearch"
    again = asked(stack, TEXTS[0], "again")
    assert [(hit["_id"], hit["_score"]) for hit in again] == [
        (hit["_id"], hit["_score"]) for hit in before[TEXTS[0]]
    ]
