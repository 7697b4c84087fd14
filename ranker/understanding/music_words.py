"""Words by which people speak of music: styles, languages, and what says nothing about either.

General knowledge of Chinese music sites, not of one catalogue: a word counts where the catalogue's songs
have its style or language.
"""

from collections.abc import Iterable, Sequence
from typing import Final

STYLE_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "流行": ("流行歌曲", "流行音乐", "热歌", "抖音热歌", "金曲"),
    "民谣": ("弹唱", "独立民谣", "校园民谣", "folk"),
    "摇滚": ("乐队", "热血摇滚", "金属", "朋克", "rock"),
    "古风": ("古风歌曲", "戏腔", "仙侠"),
    "国风": ("中国风", "国潮"),
    "说唱": ("rap", "嘻哈", "hiphop", "freestyle"),
    "电子": ("电音", "蹦迪", "edm", "舞曲"),
    "伤感": ("伤感情歌", "emo", "扎心", "失恋", "情歌", "虐心"),
    "儿歌": ("童谣", "亲子", "洗脑神曲", "早教"),
    "爵士": ("爵士乐", "慵懒", "jazz", "布鲁斯"),
    "轻音乐": ("纯音乐", "钢琴曲", "助眠"),
    "动漫": ("动漫歌曲", "二次元", "acg", "番剧", "动漫音乐"),
}
LANGUAGE_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "国语": ("华语", "普通话", "中文"),
    "粤语": ("港乐", "广东话", "粤语歌"),
    "闽南语": ("台语", "闽南语歌"),
    "日语": ("日文", "日本", "jpop"),
    "韩语": ("韩文", "kpop", "韩国"),
    "英语": ("英文", "欧美", "english"),
}
# Of a query: they ask for a video, for good ones, for all of it. No title has to hold them.
_GENERIC: Final = (
    (
        "视频",
        "高清",
        "完整版",
        "完整",
        "全集",
        "在线",
        "观看",
        "播放",
        "下载",
        "免费",
        "原版",
        "无损",
        "音质",
    ),
    ("歌曲", "歌", "首歌", "这首歌", "这首", "首", "一首", "音乐", "推荐", "好听", "好听的", "适合", "听"),
    ("排行榜", "榜单", "最近", "最近很火", "很火", "最火", "热门", "经典", "最新", "大全"),
    ("的", "了", "和", "与", "是", "有", "哪些", "什么", "mp3", "mp4", "hd", "1080p", "4k"),
)
GENERIC_WORDS: Final = frozenset(word for words in _GENERIC for word in words)


def word_rows(names: Sequence[str], words: dict[str, tuple[str, ...]]) -> dict[str, int]:
    """Each name's row under the name itself and under its words; a name without words has itself alone."""
    rows: dict[str, int] = {}
    for row, name in enumerate(names):
        for word in (*words.get(name, ()), name):
            rows[word.lower()] = row
    return rows


def found_rows(text: str, terms: Iterable[str], rows: dict[str, int]) -> dict[int, str]:
    """Rows of the words that are terms of the text, or, of two characters or more, stand in it.

    Each once, with the first of its words that was found.
    """
    tokens = set(terms)
    found: dict[int, str] = {}
    for word, row in rows.items():
        if word in tokens or (not word.isascii() and word in text):
            found.setdefault(row, word)
    return found
