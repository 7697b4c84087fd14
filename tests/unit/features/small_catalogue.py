"""Six videos, three artists, four songs and two listeners, so small that features are worked out by hand."""

import polars as pl

from ranker.catalog.video import Video, to_table

DAY = 86_400_000
HOUR = DAY // 24
NOW = 1_704_513_600_000  # Saturday, 6 January 2024, 12:00 in Shanghai

NAMES = ("周杰伦", "晴天", "田馥甄", "会不会", "孙燕姿", "小幸运")
ARTISTS = pl.DataFrame(
    {
        "artist_id": ["jay", "hebe", "sun"],
        "name": ["周杰伦", "田馥甄", "孙燕姿"],
        "aliases": [["Jay Chou", "周董"], ["Hebe"], []],
    },
    schema={"artist_id": pl.String, "name": pl.String, "aliases": pl.List(pl.String)},
)
JAY, HEBE, SUN = range(3)
SONGS = pl.DataFrame(
    {
        "song_id": ["sunny", "lucky", "hebes", "suns"],
        "title": ["晴天", "小幸运", "会不会", "会不会"],
        "artist_id": ["jay", "hebe", "hebe", "sun"],
        "style": ["流行", "流行", "伤感", "流行"],
        "language": ["国语"] * 4,
        "lyrics_line": ["故事的小黄花从出生那年就飘着", "", "", ""],
    }
)
SUNNY, LUCKY, HEBES, SUNS = range(4)
SUNNY_TITLE, LUCKY_TITLE, WILL_TITLE = range(3)

OFFICIAL, COVER, LIVE, WILL_LIVE, WILL, CONFUSER = range(6)
VIDEOS = to_table(
    [
        Video(
            video_id="BV1",
            title="周杰伦 晴天 官方MV",
            tags=("周杰伦", "经典"),
            uploader_id="up1",
            uploader="周杰伦",
            uploaded_at=NOW - 3 * DAY,
            duration_seconds=240.0,
            resolution=1440,
            reviewed=True,
            plays=1023,
            likes=99,
            favorites=30,
            shares=9,
            comments=4,
        ),
        Video(
            video_id="BV2",
            title="晴天 翻唱",
            tags=("吉他",),
            uploader_id="up2",
            uploader="小明",
            uploaded_at=NOW - 15 * DAY,
            duration_seconds=120.0,
            resolution=360,
            plays=15,
        ),
        Video(
            video_id="BV3",
            title="田馥甄 小幸运 现场",
            uploader_id="up2",
            uploader="小明",
            uploaded_at=NOW - 7 * DAY,
            duration_seconds=480.0,
            resolution=720,
            plays=7,
        ),
        Video(video_id="BV4", title="会不会 Live", uploader_id="up3", uploader="小红"),
        Video(video_id="BV5", title="会不会", tags=("孙燕姿",), uploader_id="up3", uploader="小红"),
        Video(video_id="BV6", title="朗朗晴天", tags=("动漫",)),
    ]
)
USERS = pl.DataFrame(
    {
        "user_id": ["u1", "u2"],
        "age_band": ["18-24", None],
        "city_tier": [1, 3],
        "signup_at": [NOW - 7 * DAY, NOW - DAY],
    }
)
