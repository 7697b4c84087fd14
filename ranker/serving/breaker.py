"""A breaker: after some failures in a row calls are refused at once, until a probe succeeds."""

import time
from collections.abc import Callable


class Breaker:
    """Closed while calls work; open after `failures_to_open` in a row; half-open for one trial call.

    Not thread-safe: it lives on one event loop.

    Args:
        failures_to_open: Failures in a row, none of them younger than the last success.
        retry_seconds: How long an open breaker refuses before it lets one call try.
        clock: Monotonic seconds.
    """

    def __init__(
        self, failures_to_open: int, retry_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._failures_to_open = failures_to_open
        self._retry_seconds = retry_seconds
        self._clock = clock
        self._failures = 0
        self._retry_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the last calls failed; also true while one call is on trial."""
        return self._failures >= self._failures_to_open

    def allows(self) -> bool:
        """Whether a call may be made now; an open breaker allows one every `retry_seconds`."""
        if not self.is_open:
            return True
        now = self._clock()
        if now < self._retry_at:
            return False
        self._retry_at = now + self._retry_seconds
        return True

    def succeeded(self) -> None:
        """A call worked: close."""
        self._failures = 0

    def failed(self) -> None:
        """A call failed: open after enough of them, and stay so for `retry_seconds`."""
        self._failures += 1
        if self.is_open:
            self._retry_at = self._clock() + self._retry_seconds
