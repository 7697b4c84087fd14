"""How commands speak to programs."""

import sys
from typing import Any

import msgspec


def print_json(value: Any) -> None:
    """One JSON object on standard output, Chinese as it is."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")
