"""The document says what the code does: it is current, and what it declares of features is true."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from ranker.cli.main import app
from ranker.features import table
from ranker.features.families import BLOCKS, all_features
from ranker.features.feature import ABSENT
from ranker.features.ids import ID_FEATURES
from ranker.settings import PROJECT
from tests.unit.features.named_values import named
from tests.unit.features.small_catalogue import NOW

# Of a query and of the hour there is always something to say.
NEVER_MISSING = {"query_length", "query_terms", "query_rarest", "hour_sine", "hour_cosine", "weekend"}
# A term that stands nowhere is missing with all of its weight: that is so of an unknown video too.
NEVER_MISSING |= {"missing_weight"}


def test_the_committed_document_is_current():
    committed = (PROJECT / "ranker" / "features" / "README.md").read_text(encoding="utf-8")
    assert committed == table.markdown(), "run: encore features --markdown ranker/features/README.md"


def test_every_feature_and_every_absent_family_stands_in_it_once():
    names = [row.name for row in table.rows() if row.family != "ids" and row.leak != "training"]
    assert sorted(names) == sorted(feature.name for feature in all_features())
    assert [row.name for row in table.rows() if row.family == "ids"] == list(ID_FEATURES)
    text = table.markdown()
    assert all(f"| `{family.name}` | {family.reason} |" in text for family in ABSENT)


def test_the_command_gives_both_forms(tmp_path):
    done = CliRunner().invoke(app, ["features", "--json", "--markdown", str(tmp_path / "table.md")])
    assert json.loads(done.stdout) == table.as_json()
    assert (tmp_path / "table.md").read_text(encoding="utf-8") == table.markdown()
    assert "query_length" in CliRunner().invoke(app, ["features"]).stdout


def test_of_an_unknown_video_a_stranger_and_a_query_that_names_nothing_every_value_is_its_default(
    builder, parse
):
    (row,) = named(builder.build(parse("嘿"), None, None, NOW, np.array([-1])))
    declared = {feature.name: feature.default for feature in all_features() if feature.name in row}
    off = {name: row[name] for name in declared if row[name] != pytest.approx(declared[name], abs=1e-6)}
    assert set(off) <= NEVER_MISSING, off


def test_every_count_says_what_it_counts():
    assert [row.name for row in table.rows() if row.kind == "count" and not row.unit] == []


def test_what_depends_on_the_request_is_not_said_to_be_known_when_the_video_was_written():
    wrong = [
        feature.name
        for block in BLOCKS
        if block.of != "video"
        for feature in block.features
        if feature.leak == "static"
    ]
    assert wrong == []
