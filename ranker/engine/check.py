"""One line of the doctor's report."""

from dataclasses import asdict, dataclass
from typing import Literal

State = Literal["ok", "note", "missing"]


@dataclass(frozen=True)
class Check:
    """What was looked at, and what to do.

    Attributes:
        name: What was looked at.
        state: ok; note: fine for now, worth knowing; missing: something will not work.
        found: What was seen.
        todo: What to do about it; empty when ok.
    """

    name: str
    state: State
    found: str
    todo: str = ""

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)
