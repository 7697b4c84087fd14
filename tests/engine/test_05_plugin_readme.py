"""The plugin's README is true: its settings, its defaults, its examples and its links."""

import json
import re

import pytest

from ranker.engine.engines import ENGINES
from ranker.engine.plugin import SOURCES
from tests.engine.proximity_titles import near, scores, titles

README = (SOURCES / "README.md").read_text("utf-8")
# Each with the engine that it is for, if it is for one alone.
EXAMPLES = [
    (engine, json.loads(block))
    for engine, block in re.findall(r"```json ?(\w*)\n(.+?)```", README, re.DOTALL)
]


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, header and rule left out, code marks removed."""
    section = README.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_install_line_takes_the_zip_that_maven_makes(product, plugin):
    lines = dict(re.findall(r"^bin/(\w+)-plugin install file://\$PWD/(\S+)$", README, re.MULTILINE))
    assert lines[product] == f"{product}/target/{plugin.name}"
    assert set(lines) == set(ENGINES)


def test_every_setting_is_listed_with_its_default(node):
    answer = node.http.get("/_cluster/settings?include_defaults&flat_settings&filter_path=defaults.encore*")
    defaults = answer.json()["defaults"]
    launched = node.http.get("/_nodes/settings?flat_settings").json()["nodes"].popitem()[1]["settings"]
    real = {name: ", ".join(value) if isinstance(value, list) else value for name, value in defaults.items()}
    listed = {name: default for name, default, _ in rows("Settings") if name != "encore.ranker.token"}
    assert {name: value for name, value in listed.items() if name not in launched} == real


@pytest.mark.parametrize(("engine", "example"), EXAMPLES, ids=lambda part: part and next(iter(part)))
def test_the_examples_run(node, engine, example):
    if engine not in ("", node.product):
        pytest.skip(f"an example for {engine}")
    analysis = {"analyzer": {"encore_cut": {"type": "custom", "tokenizer": "standard"}}}
    cut = {"type": "text", "analyzer": "encore_cut"}
    title = {"type": "text", "fields": {"cut": cut}}
    properties = {"title": title, "video_id": {"type": "keyword"}}
    node.client.create("readme", {"properties": properties}, {"analysis": analysis})
    try:
        document = {"title": "周杰伦 晴天", "video_id": "BV1"}
        node.client.write("readme", "BV1", document, refresh=True)
        body = example if {"query", "retriever"} & set(example) else {"query": example}
        found = node.client.search("readme", **body)
        assert [hit["_id"] for hit in found["hits"]["hits"]] == ["BV1"]
    finally:
        node.client.drop("readme")


def test_the_table_of_scores_is_what_the_node_gives(node):
    table = {
        title: float(score)
        for title, _, score in re.findall(r"^\| (\S+ \S.*?) \| (.+) \| ([\d.]+) \|$", README, re.M)
    }
    assert len(table) == 4
    with titles(node) as index:
        found = scores(node, index, near())
    by_title = {
        "周杰伦 晴天": "next",
        "周杰伦 现场 晴天": "gap",
        "晴天 周杰伦": "turned",
        "周杰伦 七里香": "artist",
    }
    assert {title: pytest.approx(found[key]) for title, key in by_title.items()} == table


def test_every_link_leads_somewhere():
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (SOURCES / target).exists(), target
