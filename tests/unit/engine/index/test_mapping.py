import json

import pytest

from ranker.catalog.video import COLUMN_NAMES
from ranker.engine.index.mapping import MAPPING, Made, fill, version
from ranker.errors import EncoreError, MissingPartError
from ranker.recall.encoder import EncoderIdentity

MADE = Made("videos-20210101t000000000-1f0c9a", "0123456789ab", EncoderIdentity("bge", "v1", 512), -5)


def objects(node):
    if isinstance(node, dict):
        yield node
        for child in node.values():
            yield from objects(child)


def test_the_mapping_is_strict_and_carries_its_version():
    mappings = json.loads(MAPPING.read_text("utf-8"))["mappings"]
    assert MAPPING.name == "videos.v1.json"
    assert mappings["dynamic"] == "strict"
    assert mappings["_meta"]["schema"] == 1
    assert not any("dynamic" in found for found in objects(mappings["properties"]))


def test_every_catalogue_column_has_a_field_and_two_are_derived():
    properties = json.loads(MAPPING.read_text("utf-8"))["mappings"]["properties"]
    assert set(properties) == {*COLUMN_NAMES, "popularity", "title_vector"}
    assert properties["video_id"] == {"type": "keyword"}  # doc values are on unless switched off


def test_placeholders_become_typed_values():
    body = fill(MADE)
    assert body["mappings"]["_meta"] == {
        "schema": 1,
        "generation": "videos-20210101t000000000-1f0c9a",
        "dictionary": "0123456789ab",
        "encoder": {"name": "bge", "version": "v1", "dimensions": 512},
        "clock_offset_ms": -5,
    }
    assert "${" not in json.dumps(body)


def test_the_dictionary_version_is_in_every_analyzer():
    analysis = fill(MADE)["settings"]["analysis"]
    found = [part["dictionary"] for kind in ("tokenizer", "char_filter") for part in analysis[kind].values()]
    assert found == ["0123456789ab"] * 3


def test_vectors_of_another_length_are_refused():
    with pytest.raises(EncoreError) as caught:
        fill(Made("g", "d", EncoderIdentity("tower", "v1", 64), 0))
    assert str(caught.value) == (
        "[videos.v1.json] has vectors of [512] dimensions and encoder [tower] makes [64]; change one"
    )


def test_an_unknown_placeholder_is_refused(tmp_path):
    path = tmp_path / "m.json"
    path.write_text('{"a": ["${password}"]}')
    with pytest.raises(EncoreError) as caught:
        fill(MADE, path=path)
    assert str(caught.value) == (
        "[m.json] asks for [${password}]; there is [generation, dictionary, encoder, clock_offset_ms]"
    )


def test_the_version_changes_with_the_file(tmp_path):
    path = tmp_path / "m.json"
    path.write_text("{}")
    assert version(path=path) == "44136fa355b3"  # echo -n {} | sha256sum | cut -c1-12


def test_each_engine_has_a_version_of_its_own():
    assert version("elasticsearch") == version()
    assert version("opensearch") != version()


def test_without_a_checkout_it_says_what_to_do(tmp_path):
    with pytest.raises(MissingPartError) as caught:
        version(path=tmp_path / "videos.v1.json")
    assert str(caught.value) == (
        f"no mapping at [{tmp_path}/videos.v1.json]: work from a checkout, installed with `pip install -e`"
    )
