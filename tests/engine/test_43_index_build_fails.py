"""A build that fails, wherever it does, leaves the old generation answering and nothing of its own."""

import os

import pytest

from ranker.engine.index import build as build_module
from ranker.engine.index.generation import remove_folder
from ranker.engine.index.ranker_door import OfflineRanker
from ranker.errors import EncoreError, InvalidInputError
from tests.engine.catalogues import CLIPS, built, each_dictionary_once, ids, site_of


@pytest.fixture(scope="module", autouse=True)
def _quick():
    with each_dictionary_once():
        yield


@pytest.fixture
def site(node, cache, tmp_path):
    with site_of(node, cache, os.environ, "fails") as opened:
        built(opened, tmp_path)
        yield opened
        for name in opened.history.names():
            remove_folder(opened.settings.generations, name)


@pytest.fixture
def unharmed(site):
    """What stands before must stand after."""

    def state():
        only = {"filter_path": "*.settings.index.uuid"}
        folders = sorted(path.name for path in site.settings.generations.iterdir() if path.is_dir())
        return site.live(), sorted(site.rest.call("GET", "/fails-*", parameters=only)), folders

    before = state()
    yield
    assert state() == before
    assert ids(site, "晴天") == ["BV1", "BV2"]


def boom(*_, **__):
    raise EncoreError("boom")


def test_a_bad_row(site, unharmed, tmp_path):
    with pytest.raises(InvalidInputError) as caught:
        built(site, tmp_path, CLIPS + "BV5,,x,1\n")
    assert str(caught.value) == (
        "[1] of [6] rows are bad, the first on line 7: title is empty; mend them or pass --bad-rows skip"
    )


@pytest.mark.parametrize(
    "step", ["dictionaries.put", "columns.write", "users.write_users", "replay", "go_live"]
)
def test_a_step_that_fails(site, unharmed, tmp_path, monkeypatch, step):
    monkeypatch.setattr(f"ranker.engine.index.build.{step}", boom)
    with pytest.raises(EncoreError, match=r"^boom$"):
        built(site, tmp_path)


def test_a_document_that_the_engine_refuses(site, unharmed, tmp_path, monkeypatch):
    monkeypatch.setattr("ranker.engine.index.documents.popularity", lambda plays: "high")
    with pytest.raises(
        EncoreError, match=r"the engine refused document \[BV1\] with \[400\]: .*failed to parse"
    ):
        built(site, tmp_path)


def test_a_ranker_that_disagrees_about_rows(site, unharmed, tmp_path, monkeypatch):
    monkeypatch.setattr(OfflineRanker, "activate", lambda *_: 3)
    with pytest.raises(EncoreError, match=r"has \[4\] documents and \[3\] rows of columns; build it again"):
        built(site, tmp_path)


def test_an_interrupt(site, unharmed, tmp_path):
    def interrupt(stage, done, size):
        if stage == "columns":
            raise KeyboardInterrupt

    from tests.engine.catalogues import reader

    with pytest.raises(KeyboardInterrupt):
        build_module.build(site, reader(tmp_path, CLIPS), interrupt)


def test_a_second_build_meanwhile_is_refused(site, unharmed, tmp_path):
    from tests.engine.catalogues import reader

    def build_within(stage, done, size):
        if stage == "columns":
            built(site, tmp_path)

    with pytest.raises(EncoreError, match=r"^another build of \[fails\] runs; wait for it$"):
        build_module.build(site, reader(tmp_path, CLIPS), build_within)
