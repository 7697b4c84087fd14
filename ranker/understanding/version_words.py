"""Words by which people say which version of a song a video is, and the kind each stands for."""

from typing import Final

WORDS_OF_KIND: Final[dict[str, tuple[str, ...]]] = {
    "official": (
        "mv",
        "官方",
        "官方mv",
        "官方版",
        "正式版",
        "official",
        "official mv",
        "official video",
        "official music video",
        "music video",
    ),
    "live": (
        "live",
        "live版",
        "现场",
        "现场版",
        "演唱会",
        "演唱会版",
        "音乐节",
        "巡演",
        "饭拍",
        "直拍",
        "fancam",
        "不插电",
    ),
    "cover": ("翻唱", "翻唱版", "cover", "cover版", "原唱", "模仿", "合唱版", "女声版", "男声版", "改编"),
    "dance": ("舞蹈", "舞蹈版", "翻跳", "编舞", "广场舞", "手势舞", "练习室", "dance", "dance cover"),
    "remix": ("remix", "remix版", "dj", "dj版", "混音", "电音版", "加速版", "慢速版", "串烧", "mashup"),
    "teaching": ("教学", "教程", "教你", "吉他谱", "零基础", "附谱", "指弹教学", "tutorial", "lesson"),
    "instrumental": (
        "伴奏",
        "纯音乐",
        "钢琴",
        "钢琴版",
        "吉他",
        "古筝",
        "二胡",
        "小提琴",
        "指弹",
        "演奏",
        "instrumental",
        "piano",
        "karaoke",
        "ktv",
    ),
    "anime_cut": ("amv", "混剪", "剪辑", "踩点", "卡点", "动漫", "燃向"),
    "reaction": ("reaction", "反应", "点评"),
    "lyric": ("歌词", "歌词版", "动态歌词", "字幕", "中文字幕", "中英字幕", "lyrics", "lyric video"),
    "compilation": ("合集", "歌单", "精选", "盘点", "连播"),
}
"""Kind of version to its words, normalised. The kinds are those of the sample world where it has them."""


def kinds_of_words() -> dict[str, str]:
    """Map each version word to its kind."""
    return {word: kind for kind, words in WORDS_OF_KIND.items() for word in words}
