"""Events as a log would yield them."""

import random

from ranker.catalog.event import Event

NOW = 1_790_000_000_000 // 3_600_000 * 3_600_000  # a whole hour
KINDS = ("impression", "click", "play", "like", "favorite", "share")


def event(number, video="BV1", kind="click", *, at=NOW, user=None, seconds=None):
    """Event number `number` of the log; (position, event)."""
    if kind == "play" and seconds is None:
        seconds = 3.0
    fields = {"seconds": seconds} if kind == "play" else {}
    if kind == "impression":
        fields["position"] = 1
    return 100 * number, Event(
        event_id=f"e{number}",
        request_id="r1",
        video_id=video,
        kind=kind,
        event_time=at,
        received_time=at,
        user_id=user,
        **fields,
    )


def stream(count, seed=1, videos=40, users=10, span=26 * 3_600_000):
    """A day and two hours of events, ending at `NOW`, in order of receipt."""
    chance = random.Random(seed)
    times = sorted(NOW - chance.randrange(span) for _ in range(count))
    return [
        event(
            number,
            f"BV{int(videos * chance.random() ** 3)}",
            chance.choice(KINDS),
            at=at,
            user=chance.choice([None, f"u{chance.randrange(users)}"]),
            seconds=round(chance.random() * 40, 1),
        )
        for number, at in enumerate(times, 1)
    ]


def read(log, after):
    """The log behind a position."""
    return (one for one in log if one[0] > after)
