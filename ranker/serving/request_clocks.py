"""Which clock a request lives by: events that quote it are received by the same one."""

from collections import OrderedDict


class RequestClocks:
    """Offsets from the wall clock of the last requests, milliseconds. Lives on one event loop.

    Real catalogues have offset 0; a sample world has its own clock.

    Args:
        most_requests: How many are remembered.
    """

    def __init__(self, most_requests: int = 200_000) -> None:
        self._most = most_requests
        self._offsets: OrderedDict[str, int] = OrderedDict()

    def remember(self, request_id: str, offset_milliseconds: int) -> None:
        """A request was scored by a generation of this offset."""
        self._offsets[request_id] = offset_milliseconds
        if len(self._offsets) > self._most:
            self._offsets.popitem(last=False)

    def offset(self, request_id: str) -> int | None:
        """The request's offset; None for one that is not remembered."""
        return self._offsets.get(request_id)
