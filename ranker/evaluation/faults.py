"""Faults held on a running stack: each is made, searches go on, it is repaired, and recovery is timed."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ranker.evaluation.load import Clients, Search, percentile

CLIENTS: Final = 8
SEARCHES: Final = 300  # answered in each phase, at least
_PHASE_SECONDS: Final = 4.0  # at least, so that a fast phase isn't a moment
_MOST_PHASE_SECONDS: Final = 120.0
RECOVERY_SECONDS: Final = 10.0
_STEADY: Final = 50  # fine answers in a row that count as "back"


@dataclass(frozen=True)
class Fault:
    """Something that breaks and is mended again; `repair` returns when the cause is removed."""

    name: str
    make: Callable[[], None]
    repair: Callable[[], None]


@dataclass(frozen=True)
class Phase:
    """What the clients saw in a stretch of time.

    Attributes:
        fine: Searches with `fine_rank`, of all clients.
        plain: Searches without, of the one client beside them.
    """

    fine: Sequence[Search]
    plain: Sequence[Search]


@dataclass(frozen=True)
class Outcome:
    """A fault's phase, and how long after its repair the fine order was back; None: not in time."""

    name: str
    phase: Phase
    recovery_seconds: float | None


def observe(fine: Clients, plain: Clients, until: Callable[[Sequence[Search]], bool]) -> Phase:
    """Watch from now until enough was seen, and let what was sent be answered."""
    began = time.monotonic()
    while True:
        time.sleep(0.05)
        now = time.monotonic()
        seen = fine.sent_between(began)
        if (now - began >= _PHASE_SECONDS and until(seen)) or now - began >= _MOST_PHASE_SECONDS:
            return Phase(seen, plain.sent_between(began))


def enough(searches: Sequence[Search]) -> bool:
    """Whether a phase has its number of answers."""
    return len(searches) >= SEARCHES


def hold(fault: Fault, fine: Clients, plain: Clients) -> Outcome:
    """Make the fault, watch, repair it and wait for the fine order."""
    fault.make()
    made = time.monotonic()
    try:
        observe(fine, plain, enough)
        # Only what was sent while the fault was there counts; the answers may come after.
        held_until = time.monotonic()
    finally:
        fault.repair()
    repaired = time.monotonic()
    recovery = _recovery(fine, repaired)
    phase = Phase(fine.sent_between(made, held_until), plain.sent_between(made, held_until))
    return Outcome(fault.name, phase, recovery)


def _recovery(fine: Clients, repaired: float) -> float | None:
    while time.monotonic() - repaired < 6 * RECOVERY_SECONDS:
        time.sleep(0.05)
        searches = sorted(fine.sent_between(repaired), key=lambda search: search.sent)
        last_coarse = max((i for i, search in enumerate(searches) if not search.is_fine), default=-1)
        if len(searches) - last_coarse > _STEADY:
            return searches[last_coarse + 1].sent - repaired
    return None


@dataclass(frozen=True)
class Report:
    """One run: healthy phases, then each fault. Milliseconds throughout.

    Attributes:
        deadline: The plugin's deadline.
        coarse_p99: p99 of the same clients without `rescore`.
        healthy: Fine clients and the plain one beside them, nothing broken.
        outcomes: One a fault.
    """

    deadline: float
    coarse_p99: float
    healthy: Phase
    outcomes: Sequence[Outcome]

    def rows(self) -> list[dict[str, Any]]:
        """One row a phase, with every demand judged."""
        plain_limit = 2 * percentile(self.healthy.plain, 99)
        rows = [self._row("healthy", self.healthy, plain_limit)]
        healthy = rows[0]
        healthy["ok"] = healthy["degraded"] == 0 and healthy["status_200"] == healthy["searches"]
        for outcome in self.outcomes:
            row = self._row(outcome.name, outcome.phase, plain_limit)
            back = outcome.recovery_seconds
            row["back_seconds"] = None if back is None else round(back, 2)
            row["ok"] = (
                row["searches"] >= SEARCHES
                and row["status_200"] == row["degraded"] == row["searches"]
                and row["p99"] <= row["p99_limit"]
                and row["plain_p99"] <= plain_limit
                and back is not None
                and back <= RECOVERY_SECONDS
            )
            rows.append(row)
        return rows

    def _row(self, name: str, phase: Phase, plain_limit: float) -> dict[str, Any]:
        return {
            "fault": name,
            "searches": len(phase.fine),
            "status_200": sum(search.status == 200 for search in phase.fine),
            "degraded": sum(bool(search.degraded) for search in phase.fine),
            "causes": sorted(
                {cause for search in phase.fine for cause in search.degraded.split(",") if cause}
            ),
            "p50": round(percentile(phase.fine, 50), 1),
            "p99": round(percentile(phase.fine, 99), 1),
            "p99_limit": round(self.deadline + self.coarse_p99, 1),
            "plain_p99": round(percentile(phase.plain, 99), 1),
            "plain_limit": round(plain_limit, 1),
        }
