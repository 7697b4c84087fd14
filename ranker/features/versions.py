"""Which kind of video a text offers or asks for: official, live, cover, dance and so on."""

from collections.abc import Iterable
from typing import Final

# The order is the rank where a text names several: the rarer and more telling kind first.
WORDS: Final[dict[str, tuple[str, ...]]] = {
    "teaching": ("教学", "教程", "教你", "指弹", "扒谱", "零基础", "乐理", "tutorial"),
    "reaction": ("reaction", "反应", "点评"),
    "anime": ("动漫", "番剧", "剪辑", "混剪", "amv", "mad", "卡点"),
    "dance": ("舞蹈", "翻跳", "编舞", "跳舞", "手势舞", "dance", "舞"),
    "instrumental": ("钢琴", "吉他", "伴奏", "纯音乐", "古筝", "二胡", "小提琴", "piano", "instrumental"),
    "remix": ("remix", "dj", "混音", "电音版", "加速版", "慢速"),
    "cover": ("翻唱", "cover", "翻奏", "cover版", "女声版", "男声版"),
    "live": ("live", "现场", "演唱会", "音乐节", "巡演", "晚会"),
    "lyrics": ("歌词", "字幕", "lyrics", "动态歌词"),
    "official": ("官方", "mv", "official", "正式版", "首播"),
}
VERSIONS: Final[tuple[str, ...]] = ("none", *WORDS)
_ROW_OF: Final = {word: row for row, name in enumerate(VERSIONS) if row for word in WORDS[name]}


def version_of(terms: Iterable[str]) -> int:
    """Row in `VERSIONS` of the most telling kind that the terms name; 0 where they name none."""
    return min((_ROW_OF[term] for term in terms if term in _ROW_OF), default=0)
