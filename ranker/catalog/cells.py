"""One cell of anybody's file to one value of the catalogue, or a reason why not.

Text cells come from CSV and TSV; typed cells (numbers, times, lists) from Parquet. An empty cell or a
null takes the column's default. Nothing is guessed silently: what cannot be read is a `ValueError`
whose message carries the column and the value in [brackets].
"""

import json
import math
import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from ranker.catalog.video import Column, Kind

LONGEST_ID_BYTES = 512  # the engine's limit on _id
LARGEST_COUNT = 2**53  # JSON numbers beyond it lose digits in other readers
_SECONDS_BELOW = 10**11  # 10^11 s is the year 5138; 10^11 ms is 1973, before any video site
_LATEST = 253_402_300_799_999  # 9999-12-31, the engine's last four-digit year; ms
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_BETWEEN_TAGS = re.compile(r"[|;,，、；#]+")
_CLOCK = re.compile(r"(?:(\d+):)?([0-5]?\d):([0-5]\d(?:\.\d+)?)")
_YES = frozenset({"1", "true", "yes", "y", "t"})
_NO = frozenset({"0", "false", "no", "n", "f"})


def read_cell(column: Column, cell: Any, zone: ZoneInfo) -> Any:
    """The value of `column` that `cell` states.

    - text: control characters (a bare carriage return, a line feed) become one space, ends are stripped;
    - texts: a list, a JSON list, or a string split at `| ; , ， 、 ； #`;
    - whole: a non-negative whole number; `12.0` and `1e3` are whole too;
    - real: a non-negative number; a duration may also be `mm:ss` or `h:mm:ss`;
    - time: UTC milliseconds, seconds (below 10^11), or ISO 8601, in `zone` where it names none;
    - yes_no: 1/0, true/false, yes/no.

    Raises:
        ValueError: The reason, for a person.
    """
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        cell = ""
    if isinstance(cell, str):
        cell = _CONTROL.sub(" ", cell).strip()
        if not cell:
            if column.required:
                raise ValueError(f"{column.name} is empty")
            return column.default
    if column.kind == "time":
        return _time(column.name, cell, zone)
    value = _READERS[column.kind](column.name, cell)
    if column.name.endswith("_id") and len(value.encode()) > LONGEST_ID_BYTES:
        raise ValueError(f"{column.name} [{value[:20]}…] is longer than {LONGEST_ID_BYTES} bytes")
    if column.name == "resolution" and value >= 2**31:
        raise ValueError(f"resolution [{value}] is too large")
    return value


def _text(name: str, cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    raise ValueError(f"{name} [{cell}] is not text")


def _texts(name: str, cell: Any) -> tuple[str, ...]:
    if isinstance(cell, str) and cell.startswith("["):
        try:
            cell = json.loads(cell)
        except json.JSONDecodeError:
            raise ValueError(f"{name} [{cell}] is not a JSON list") from None
    parts = _BETWEEN_TAGS.split(cell) if isinstance(cell, str) else cell
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise ValueError(f"{name} [{cell}] is not a list of strings")
    cleaned = (_CONTROL.sub(" ", part).strip() for part in parts)
    return tuple(dict.fromkeys(filter(None, cleaned)))


def _number(name: str, cell: Any, what: str) -> float | int:
    try:
        if isinstance(cell, bool):
            raise ValueError
        number = cell if isinstance(cell, int) else _parse_number(str(cell))
    except ValueError:
        raise ValueError(f"{name} [{cell}] is not {what}") from None
    if number < 0:
        raise ValueError(f"{name} [{cell}] is negative")
    return number


def _parse_number(text: str) -> float | int:
    """An int where it is written as one (exact), else a finite float; ASCII only, no `1_000`."""
    if not text.isascii() or "_" in text:
        raise ValueError
    try:
        return int(text)
    except ValueError:
        number = float(text)
        if not math.isfinite(number):
            raise ValueError from None
        return number


def _whole(name: str, cell: Any) -> int:
    number = _number(name, cell, "a whole number")
    if number != int(number):
        raise ValueError(f"{name} [{cell}] is not a whole number")
    if number > LARGEST_COUNT:
        raise ValueError(f"{name} [{cell}] is too large")
    return int(number)


def _real(name: str, cell: Any) -> float:
    clock = _CLOCK.fullmatch(cell) if isinstance(cell, str) else None
    if clock:
        hours, minutes, seconds = clock.groups(default="0")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    number = float(_number(name, cell, "a number"))
    if number > LARGEST_COUNT:
        raise ValueError(f"{name} [{cell}] is too large")
    return number


def _yes_no(name: str, cell: Any) -> bool:
    word = str(cell).lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise ValueError(f"{name} [{cell}] is neither true nor false")


def _time(name: str, cell: Any, zone: ZoneInfo) -> int:
    moment: datetime | None = None
    if isinstance(cell, datetime):
        moment = cell
    elif isinstance(cell, date):
        moment = datetime.combine(cell, time())
    elif isinstance(cell, str) and not cell.replace(".", "", 1).isdecimal():
        try:
            moment = datetime.fromisoformat(cell)
        except ValueError:
            raise ValueError(f"{name} [{cell}] is neither a number nor an ISO 8601 time") from None
    if moment is not None:
        number = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp() * 1000
    else:
        number = _number(name, cell, "a time")
        number = number * 1000 if number < _SECONDS_BELOW else number
    if not 0 <= number <= _LATEST:
        raise ValueError(f"{name} [{cell}] is outside the years 1970 to 9999")
    return round(number)


_READERS: dict[Kind, Callable[[str, Any], Any]] = {
    "text": _text,
    "texts": _texts,
    "whole": _whole,
    "real": _real,
    "yes_no": _yes_no,
}
