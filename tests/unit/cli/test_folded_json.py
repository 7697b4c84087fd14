import json

from hypothesis import given
from hypothesis import strategies as st

from ranker.cli.folded_json import folded

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


def test_what_fits_stays_in_a_line():
    assert folded({"size": 5, "query": {"match": {"title": "晴天"}}}, 20) == (
        '{\n  "size": 5,\n  "query": {\n    "match": {\n      "title": "晴天"\n    }\n  }\n}'
    )
    assert folded({"size": 5, "query": {"match": {"title": "晴天"}}}, 40) == (
        '{\n  "size": 5,\n  "query": {"match": {"title": "晴天"}}\n}'
    )


def test_a_list_of_plain_values_is_one_line_however_long():
    assert folded({"v": [1, 2, 3], "w": [{"a": 1}, {"b": 2}]}, 12) == (
        '{\n  "v": [1, 2, 3],\n  "w": [\n    {"a": 1},\n    {"b": 2}\n  ]\n}'
    )


@given(VALUES, st.integers(0, 60))
def test_it_is_the_same_value(value, width):
    assert json.loads(folded(value, width)) == value
