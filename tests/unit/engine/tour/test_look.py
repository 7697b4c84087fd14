"""What stands at a place of an answer, and whether it is as it shall be."""

import pytest

from ranker.engine.tour.look import read_look

ANSWER = {
    "took": 3,
    "timed_out": False,
    "none": None,
    "hits": [
        {"id": "a", "routes": {"text": 1.5}, "mark": {"rank": "fine"}},
        {"id": "b", "routes": {"text": 0.5, "vector": 2.0}, "mark": {"rank": "fine"}},
    ],
    "empty": [],
    "lists": [[], ["b1"]],
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("took", True),
        ("timed_out", True),
        ("none", False),
        ("empty", False),
        ("nothing.there", False),
        ("hits.0.id", True),
        ("hits.2.id", False),
        ("hits.*.id", True),
        ("hits.*.routes.vector", False),
        ("empty.*.id", False),
        ("took = 3", True),
        ("took = 3.0", False),
        ("timed_out = false", True),
        ("timed_out = 0", False),
        ("none = null", True),
        ("empty = []", True),
        ('hits.*.mark.rank = "fine"', True),
        ('hits.*.id = "a"', False),
        ('hits.*.mark = {"rank": "fine"}', True),
        ("empty.*.id = null", False),
        ('hits.*.id has "b"', True),
        ('hits.*.id has "c"', False),
        ('hits.1.routes has "vector"', True),
        ('hits.0.routes has "vector"', False),
        ('hits.0.mark.rank has "in"', True),
        ("hits.0.mark.rank has 1", False),
        ('took has "3"', False),
        ("lists.*", False),
        ("lists.*.*", False),
        ('lists.*.* has "b"', True),
        ('lists.*.* has "c"', False),
    ],
)
def test_a_look_holds_or_not(text, holds):
    assert read_look(text, "here").holds(ANSWER) is holds


def test_every_one_has_it_where_the_path_says_every():
    """`has` asks of a list that one has it; that each has it takes a place in the list."""
    assert read_look('hits.*.routes has "vector"', "here").holds(ANSWER)


def test_what_was_found_can_be_shown():
    look = read_look('hits.*.id has "b"', "here")
    assert look.found(ANSWER) == ["a", "b"]
    assert str(look) == 'hits.*.id has "b"'
    assert str(read_look("took", "here")) == "took"
