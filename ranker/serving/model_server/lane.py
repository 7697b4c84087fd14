"""A narrow way into a model, so that work which nobody waits for any more is never begun.

Triton takes every request at once and holds several batches ready beside the one that runs; a client that
gives up does not take its request back from there. Seen with 8 clients, 15 ms a call and deadlines of
100 ms: all calls timed out, 1 of 60 a second was answered in time, for as long as the load lasted.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final, TypeVar

_Answer = TypeVar("_Answer")
_WEIGHT: Final = 0.2  # of the last call in the estimate: about the last ten count


class Lane:
    """Lets a few calls of one model run; others wait in the order of their arrival.

    How many: at most `most`, half as many (but one) after a call that was begun and ran out of time, and
    slowly more again with every answer, as TCP does. So a server that becomes slower is left with as much
    as it can answer in time.

    A waiting call gives up once the time left is shorter than calls take lately, or half of it is gone,
    whichever comes later: it would only be begun in vain, and its caller can fall back sooner. A call that
    finds a place free is always begun, so the estimate follows a server that has become faster. For one
    event loop.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._width = float(most)
        self._running = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._seconds = 0.0

    async def run(self, call: Callable[[float], Awaitable[_Answer]], timeout_seconds: float) -> _Answer:
        """Wait for a place, then make the call with the seconds that are left.

        Args:
            call: Begins the work; its argument is its own deadline, in seconds.
            timeout_seconds: Of waiting and work together.

        Raises:
            TimeoutError: The wait was too long; the call was not made.
        """
        deadline = monotonic() + timeout_seconds
        if self._running < int(self._width):
            self._running += 1
        else:
            await self._wait(timeout_seconds)
        begun = monotonic()
        try:
            answer = await call(deadline - begun)
            self._seconds += _WEIGHT * (monotonic() - begun - self._seconds)
            self._width = min(self._most, self._width + 1 / self._width)
            return answer
        except Exception:
            if monotonic() >= deadline:
                self._width = max(1.0, self._width / 2)
            raise
        finally:
            self._leave()

    async def _wait(self, timeout_seconds: float) -> None:
        """Returns with a place that `_leave` of another call gave."""
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            async with asyncio.timeout(max(timeout_seconds / 2, timeout_seconds - self._seconds)):
                await place
        except BaseException:
            if place.done() and not place.cancelled():  # given just now: it goes on to the next
                self._leave()
            raise

    def _leave(self) -> None:
        self._running -= 1
        while self._waiting and self._running < int(self._width):
            place = self._waiting.popleft()
            if not place.done():
                self._running += 1
                place.set_result(None)
