"""How long to wait before a part that died is started again."""

from dataclasses import dataclass

FIRST_SECONDS = 0.1
FACTOR = 2.0
# Fine order has to be back within 10 s of a repair, a start included.
LONGEST_SECONDS = 5.0
# A part that ran this long was well; its next death is a new story.
WELL_SECONDS = 30.0


@dataclass
class Backoff:
    """Delays 0.1, 0.2, 0.4 … 5 s for deaths in a row; a run of 30 s starts over."""

    deaths: int = 0

    def after_death(self, ran_seconds: float) -> float:
        """Seconds to wait, after a run of `ran_seconds` ended."""
        if ran_seconds >= WELL_SECONDS:
            self.deaths = 0
        delay = min(LONGEST_SECONDS, FIRST_SECONDS * FACTOR ** min(self.deaths, 16))
        self.deaths += 1
        return float(delay)

    def reset(self) -> None:
        """Forgets the deaths: somebody mended what was wrong."""
        self.deaths = 0
