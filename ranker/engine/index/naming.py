"""Names of indices and generations: `videos` is an alias, `videos-20261125t003012345-1f0c9a` a generation."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ranker.errors import InvalidInputError

DEFAULT_INDEX = "videos"
_INDEX = re.compile(r"[a-z][a-z0-9_]{0,63}")
_GENERATION = re.compile(r"([a-z][a-z0-9_]{0,63})-(\d{8}t\d{9})-([0-9a-f]{6})")


def check_index(name: str) -> str:
    """The name of an index, if it is one.

    Raises:
        InvalidInputError: Other characters than the engines and a folder's name allow; a dash would be
            taken for the start of a generation's time.
    """
    if not _INDEX.fullmatch(name):
        raise InvalidInputError(
            f"[{name}] is no name of an index: use small letters, digits and _, at most 64, a letter first"
        )
    return name


def generation_name(index: str, at_milliseconds: int, content: str) -> str:
    """The generation of `index` that is made at that time (UTC) of that content; later ones sort later."""
    moment = datetime.fromtimestamp(at_milliseconds / 1000, UTC)
    milliseconds = at_milliseconds % 1000
    return f"{check_index(index)}-{moment:%Y%m%dt%H%M%S}{milliseconds:03d}-{content[:6]}"


def index_of(generation: str) -> str | None:
    """The index that a generation belongs to; None if the name is none of a generation."""
    match = _GENERATION.fullmatch(generation)
    return match.group(1) if match else None


def pattern(index: str) -> str:
    """What the engine's multi-index calls take for every generation of the index."""
    return f"{index}-*"


def content_key(parts: Mapping[str, Any]) -> str:
    """Twelve hex digits that change when any part of what a generation is made of changes."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
