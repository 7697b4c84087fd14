"""Small catalogues, and a site of the running node to build them at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from ranker.catalog.column_map import ColumnMap
from ranker.engine.index.build import build
from ranker.engine.index.ranker_door import OfflineRanker
from ranker.engine.index.site import Site
from ranker.engine.index.source import CatalogOptions, Source, from_catalog
from ranker.engine.rest import EngineRest
from ranker.recall.answer import Answer, read_answer
from ranker.recall.coarse import PARAMETERS, search_body
from ranker.settings import Settings
from ranker.text.analyzer import Analyzer
from ranker.text.dictionary import export

CLIPS = """id,title,artist,plays
BV1,周杰伦 晴天 演唱会现场,杰威尔音乐,5000000
BV2,晴天 翻唱 吉他弹唱,小明的琴房,12000
BV3,田馥甄《小幸运》官方MV,华研国际,900000
BV4,一起来看流星雨,电视剧频道,300
BV4,一起来看流星雨 第二集,电视剧频道,800
"""
OPTIONS = CatalogOptions(ColumnMap.parse("id=id,title=title,artist=artist,plays=plays"))


@contextmanager
def each_dictionary_once() -> Iterator[None]:
    """Within one process, export and load a dictionary once: it costs seconds and never changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ranker.engine.index.build.dictionary.export", lru_cache(export))
        patch.setattr("ranker.text.analyzer.Analyzer.load", lru_cache(Analyzer.load))
        yield


@contextmanager
def site_of(node, cache: Path, environment, index: str) -> Iterator[Site]:
    """The site of one index on the node, whose ranker does not run; everything is deleted afterwards."""
    settings = Settings(data=node.engine.plan.data.parent.parent, cache=cache, engine=node.product)
    with EngineRest(node.url) as rest:
        site = Site(settings, index, rest, OfflineRanker(settings.generations), environment)
        try:
            yield site
        finally:
            for name in rest.call("GET", f"/{index}-*", parameters={"filter_path": "*.settings.index.uuid"}):
                rest.call("DELETE", f"/{name}")


def reader(tmp_path: Path, content: str, options: CatalogOptions = OPTIONS):
    """What `build` calls to read a catalogue of this content."""
    path = tmp_path / "catalogue.csv"
    path.write_text(content, "utf-8")

    def read(scratch: Path) -> Source:
        return from_catalog(path, options, scratch)

    return read


def silent(stage: str, done: int, size: int) -> None:
    """Progress that nobody watches."""


def built(site: Site, tmp_path: Path, content: str = CLIPS, **options):
    """Build a catalogue of this content."""
    return build(site, reader(tmp_path, content), silent, **options)


def ask(site: Site, text: str, **options) -> Answer:
    """A coarse search through the alias."""
    body = search_body(text, fine=False, **options)
    found = site.rest.exchange("POST", f"/{site.index}/_search", body, PARAMETERS)
    return read_answer(found.json(), found.headers)


def ids(site: Site, text: str) -> list[str]:
    """Ids of a coarse search, best first."""
    return [hit.id for hit in ask(site, text).hits]


def with_options(**changes) -> CatalogOptions:
    """OPTIONS with changes."""
    return replace(OPTIONS, **changes)
