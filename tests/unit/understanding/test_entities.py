"""Entities: one case for each rule, by hand."""

from pathlib import Path

import polars as pl
import pytest

from ranker.text.analyzer import Analyzer
from ranker.text.dictionary import DictionaryWord, export
from ranker.understanding.entities import Entity, EntityExtractor

ARTISTS = pl.DataFrame(
    {
        "artist_id": ["a1", "a2", "a3", "a4", "a5", "a6"],
        "name": ["田馥甄", "鄧紫棋", "五月天", "那英", "薛之谦", "One"],
        "aliases": [["Hebe"], ["G.E.M."], ["Mayday"], [], [], ["V"]],
    }
)
SONGS = pl.DataFrame(
    {
        "song_id": ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9"],
        "title": ["会不会", "会不会", "演员", "我们", "默", "1987", "五月天 Live", "晴天", "Live"],
    }
)


@pytest.fixture(scope="module")
def extractor(tmp_path_factory: pytest.TempPathFactory) -> EntityExtractor:
    target: Path = tmp_path_factory.mktemp("dictionary")
    names = [*ARTISTS["name"], *SONGS["title"]]
    version = export([DictionaryWord(name) for name in names], target)
    return EntityExtractor.build(ARTISTS, SONGS, Analyzer.load(target / version))


def _found(extractor: EntityExtractor, text: str) -> list[tuple[str, str]]:
    return [(entity.kind, entity.canonical_id) for entity in extractor.extract(text)]


def test_alias_is_its_artist_and_title_is_every_song_that_bears_it(extractor: EntityExtractor) -> None:
    assert extractor.extract("ＨＥＢＥ 會不會") == [
        Entity("artist", "a1", "hebe", 0, 4),
        Entity("song", "s1", "会不会", 5, 8),
        Entity("song", "s2", "会不会", 5, 8),
    ]


def test_offsets_point_into_the_original_text(extractor: EntityExtractor) -> None:
    assert extractor.extract("㍿😀鄧紫棋") == [Entity("artist", "a2", "邓紫棋", 2, 5)]


def test_longest_name_wins(extractor: EntityExtractor) -> None:
    assert _found(extractor, "听五月天 live第一场") == [("song", "s7")]
    assert _found(extractor, "听五月天的歌") == [("artist", "a3")]


def test_latin_name_is_not_found_inside_a_word(extractor: EntityExtractor) -> None:
    assert _found(extractor, "someone 唱歌") == []
    assert _found(extractor, "听one唱歌") == [("artist", "a6")]


def test_single_latin_letter_and_digits_are_only_the_whole_text(extractor: EntityExtractor) -> None:
    assert _found(extractor, "v 字特工") == []
    assert _found(extractor, " V ") == [("artist", "a6")]
    assert _found(extractor, "1987 年的歌") == []
    assert _found(extractor, "1987") == [("song", "s6")]


def test_two_han_characters_begin_and_end_where_tokens_do(extractor: EntityExtractor) -> None:
    assert _found(extractor, "那英雄归来了") == []
    assert _found(extractor, "那英唱歌") == [("artist", "a4")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我们去看电影", []),
        ("那时的我们", []),
        ("《我们》", [("song", "s4")]),
        ("薛之谦演员", [("artist", "a5"), ("song", "s3")]),
        ("这个演员真好", []),
        ("薛之谦演员现场版", [("artist", "a5"), ("song", "s3"), ("version", "live")]),
        ("沉默是金", []),
        ("我 沉 默 了", []),
        ("看 我们 的", [("song", "s4")]),
        ("那英 默", [("artist", "a4"), ("song", "s5")]),
    ],
)
def test_everyday_name_stands_alone(
    extractor: EntityExtractor, text: str, expected: list[tuple[str, str]]
) -> None:
    assert _found(extractor, text) == expected


def test_version_word_is_a_song_only_as_the_whole_text(extractor: EntityExtractor) -> None:
    assert _found(extractor, "晴天 LIVE") == [("song", "s8"), ("version", "live")]
    assert _found(extractor, "live") == [("song", "s9"), ("version", "live")]


def test_catalogue_without_names_still_finds_versions(extractor: EntityExtractor) -> None:
    bare = EntityExtractor.build(None, None, extractor._analyzer)
    assert _found(bare, "某某翻唱 官方MV") == [("version", "cover"), ("version", "official")]


def test_empty_text_has_no_entities(extractor: EntityExtractor) -> None:
    assert extractor.extract("") == []
