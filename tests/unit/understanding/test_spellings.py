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


@pytest.mark.parametrize(
    ("typed", "trust"),
    [
        ("be yond", SOUND),
        ("beynod", SLIP),
        ("beyand", SLIP),
        ("beyon", SLIP),
        ("beyonnd", SLIP),
        ("bayand", None),
        ("bond", None),
    ],
)
def test_a_latin_name_with_a_slip(typed, trust):
    assert meant(typed) == ([] if trust is None else [("artist", 2, trust)])


def test_a_latin_name_beside_one_in_pinyin():
    assert meant("pingfanzhilubeyond") == [("title", 1, SOUND), ("artist", 2, SOUND)]


def test_two_initials_count_beside_many():
    # 晴天 alone has two; beside 田馥甄's three they may be anybody's, beside four they are not.
    spellings = Spellings([*NAMES, ("artist", 3, "朴树"), ("title", 3, "雨停以后")], [])
    assert meant("qttfz") == []
    assert [guess.row for guess in spellings.guesses("pspfzl")] == [3, 1]
    assert [guess.row for guess in spellings.guesses("ytyhps")] == [3, 3]


def test_a_character_is_typed_as_it_sounds_alone_too():
    spellings = Spellings([("title", 0, "倔强")], [])
    assert [guess.trust for guess in spellings.guesses("倔抢")] == [HOMOPHONE]
    assert [guess.trust for guess in spellings.guesses("juejiang")] == [SOUND]
    assert [guess.trust for guess in spellings.guesses("jueqiang")] == [SOUND]


def test_of_two_readings_the_one_with_artist_and_title_is_meant():
    spellings = Spellings(
        [("artist", 0, "安静"), ("artist", 1, "静安"), ("title", 0, "静安静"), ("artist", 2, "安")], []
    )
    assert [(guess.kind, guess.row) for guess in spellings.guesses("anjingjinganjing")] == [
        ("artist", 0),
        ("title", 0),
    ]
