"""A new generation goes live at once, the one before is held, older ones and leftovers are deleted."""

import os

import pytest

from ranker.engine.index.generation import remove_folder
from ranker.engine.index.swap import swap
from ranker.errors import EncoreError, InvalidInputError
from tests.engine.catalogues import CLIPS, built, each_dictionary_once, ids, site_of


@pytest.fixture(scope="module", autouse=True)
def _quick():
    with each_dictionary_once():
        yield


@pytest.fixture
def site(node, cache):
    with site_of(node, cache, os.environ, "swaps") as opened:
        yield opened
        for name in opened.history.names():
            remove_folder(opened.settings.generations, name)


def indices(site):
    return sorted(site.rest.call("GET", "/swaps-*", parameters={"filter_path": "*.settings.index.uuid"}))


def test_a_swap_goes_back_and_a_second_one_forth(site, tmp_path):
    first = built(site, tmp_path).manifest.generation
    second = built(site, tmp_path, CLIPS.replace("晴天", "稻香")).manifest.generation
    assert ids(site, "晴天") == []
    back = swap(site)
    assert (back.generation, back.previous, back.rows, back.replayed) == (first, second, 4, 0)
    assert ids(site, "晴天") == ["BV1", "BV2"]
    assert swap(site).generation == second
    assert swap(site, first).generation == first


def test_two_generations_are_held_and_leftovers_go(site, tmp_path):
    names = [
        built(site, tmp_path, CLIPS.replace("5000000", str(plays))).manifest.generation for plays in (1, 2, 3)
    ]
    leftover = "swaps-20200101t000000000-0dd0ff"
    site.rest.call("PUT", f"/{leftover}")
    (site.settings.generations / leftover).mkdir()
    scratch = site.settings.generations / ".swaps.scratch-killed"
    scratch.mkdir()
    assert indices(site) == sorted([leftover, *names[1:]])
    fourth = built(site, tmp_path, CLIPS.replace("5000000", "4")).manifest.generation
    assert indices(site) == sorted([names[2], fourth])
    assert not (site.settings.generations / leftover).exists()
    assert not scratch.exists()
    assert not (site.settings.generations / names[0]).exists()


def test_what_is_not_held_is_refused(site, tmp_path):
    name = built(site, tmp_path).manifest.generation
    with pytest.raises(InvalidInputError) as caught:
        swap(site)
    assert str(caught.value) == "index [swaps] has no earlier generation to go back to"
    with pytest.raises(InvalidInputError) as caught:
        swap(site, "swaps-20200101t000000000-000000")
    assert str(caught.value) == f"generation [swaps-20200101t000000000-000000] is not held; there is [{name}]"


def test_an_index_in_the_aliass_place_is_refused(site, tmp_path):
    site.rest.call("PUT", "/swaps")
    try:
        with pytest.raises(EncoreError) as caught:
            built(site, tmp_path)
        assert str(caught.value) == (
            "[swaps] is an index, where an alias belongs; delete it or choose another --index"
        )
    finally:
        site.rest.call("DELETE", "/swaps")
