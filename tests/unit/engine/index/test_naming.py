import pytest

from ranker.engine.index.naming import check_index, content_key, generation_name, index_of, pattern
from ranker.errors import InvalidInputError


def test_a_generation_bears_its_index_its_time_and_its_content():
    # 1609459200007 ms is 2021-01-01 00:00:00.007 UTC
    name = generation_name("videos", 1_609_459_200_007, "1f0c9abbbbbb")
    assert name == "videos-20210101t000000007-1f0c9a"
    assert index_of(name) == "videos"
    assert generation_name("videos", 1_609_459_200_010, "000000") > name


@pytest.mark.parametrize("name", ["videos", "videos-1", "other", "videos-20210101t000000000-1f0c9a-x", ".."])
def test_other_names_are_no_generations(name):
    assert index_of(name) is None


@pytest.mark.parametrize("name", ["", "Videos", "a-b", "a*", "a,b", "../x", "视频", "a" * 65])
def test_a_name_that_engines_or_folders_refuse_is_refused(name):
    with pytest.raises(InvalidInputError) as caught:
        check_index(name)
    assert str(caught.value) == (
        f"[{name}] is no name of an index: use small letters, digits and _, at most 64, a letter first"
    )


def test_the_pattern_finds_generations_only():
    assert pattern(check_index("videos")) == "videos-*"


def test_content_changes_with_any_part():
    parts = {"dictionary": "a", "encoder": {"version": 1}}
    assert content_key(parts) == content_key(dict(reversed(parts.items())))
    assert content_key(parts) != content_key(parts | {"dictionary": "b"})
    assert len(content_key(parts)) == 12
