"""Which events belong to a request's samples, and when nothing more is waited for."""

import re
from dataclasses import dataclass
from typing import Final

from ranker.errors import InvalidInputError

_SPAN: Final = re.compile(r"(\d+)(ms|s|m|h)")
_UNITS: Final = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}
_MOST: Final = 24 * 3_600_000


@dataclass(frozen=True)
class Window:
    """The rule, by the time of receipt, which no client can set; milliseconds.

    An event that quotes a request belongs to its samples if it was received before `now` + `length`, and not
    more than `skew` before `now` (the clocks of two machines differ a little). One that comes later is late:
    it changes no sample, and is counted. A request is closed once the log's clock shows `now` + `length` +
    `grace`: receipts stand in the log nearly in order, and `grace` is more than they are ever out of it.
    """

    length: int = 30 * 60_000
    skew: int = 60_000
    grace: int = 60_000

    def closed_until(self, clock: int) -> int:
        """Requests with `now` up to this are closed when the log's clock shows `clock`."""
        return clock - self.length - self.grace


def milliseconds(span: str) -> int:
    """Of a span like 30m, 90s, 2h.

    Raises:
        InvalidInputError: It is none, or more than a day.
    """
    match = _SPAN.fullmatch(span)
    found = int(match.group(1)) * _UNITS[match.group(2)] if match else 0
    if not 0 < found <= _MOST:
        raise InvalidInputError(f"window [{span}] must be a span of up to 24h; write it like 30m")
    return found
