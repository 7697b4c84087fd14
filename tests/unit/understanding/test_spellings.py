import pytest

from ranker.understanding.spellings import HOMOPHONE, INITIALS, LYRICS, SLIP, SOUND, Spellings

NAMES = [
    ("artist", 0, "周杰伦"),
    ("artist", 1, "田馥甄"),
    ("title", 0, "晴天"),
    ("title", 1, "平凡之路"),
    ("title", 2, "零点，末班车"),
    ("artist", 2, "beyond"),
]
SPELLINGS = Spellings(NAMES, ["故事的小黄花从出生那年就飘着", "", "徘徊着的在路上的"])


def meant(text):
    return [(guess.kind, guess.row, guess.trust) for guess in SPELLINGS.guesses(text)]


@pytest.mark.parametrize("typed", ["zhoujielun", "zhou jie lun"])
def test_a_name_in_pinyin(typed):
    assert meant(typed) == [("artist", 0, SOUND)]


@pytest.mark.parametrize("typed", ["zhoujielunqingtian", "qing tian zhou jie lun"])
def test_an_artist_and_a_title_in_pinyin(typed):
    assert sorted(meant(typed)) == [("artist", 0, SOUND), ("title", 0, SOUND)]


def test_initials_count_from_three_on_and_less():
    assert meant("pfzl") == [("title", 1, INITIALS)]
    assert meant("qt") == []


def test_punctuation_is_typed_as_one_likes():
    assert meant("ling dian mo ban che") == [("title", 2, SOUND)]
    assert meant("零点末班车") == [("title", 2, HOMOPHONE)]


def test_a_homophone_for_a_character():
    assert meant("周结伦") == [("artist", 0, HOMOPHONE)]
    assert SPELLINGS.guesses("周结伦")[0].typed == "周结伦"


def test_another_character_and_two_swapped_are_one_slip():
    assert meant("平凡的路") == [("title", 1, SLIP)]
    assert meant("平之凡路") == [("title", 1, SLIP)]
    assert meant("平平之之") == []


def test_two_syllables_within_a_longer_text_are_no_name():
    assert meant("情天霹雳说") == []


def test_part_of_a_line_of_lyrics_names_its_song():
    lines = SPELLINGS.lyrics("故事的小黄花从出生")
    assert [(guess.kind, guess.row, guess.trust) for guess in lines] == [("song", 0, LYRICS)]
    assert SPELLINGS.lyrics("小黄花") == []  # too short to tell
    assert SPELLINGS.lyrics("今天天气真的好") == []


def test_a_half_line_of_too_many_songs_means_none():
    alike = Spellings([], [f"我在{place}的尽头等你到天亮" for place in "春夏秋冬东"])
    assert alike.lyrics("的尽头等你到天亮") == []


def test_latin_names_are_left_to_exact_search():
    assert meant("beyond") == []
