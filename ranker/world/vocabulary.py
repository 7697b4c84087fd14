"""The words that the world is made of, read from `vocabulary.yaml` and `templates.yaml`."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent


@cache
def vocabulary() -> dict[str, Any]:
    """Parts of names, titles and phrases; the file's own comments say what each list is for."""
    words: dict[str, Any] = yaml.safe_load((_HERE / "vocabulary.yaml").read_text("utf-8"))
    return words


@cache
def templates() -> dict[str, Any]:
    """Title templates of each version kind: shares and the four lists of sentences."""
    sentences: dict[str, Any] = yaml.safe_load((_HERE / "templates.yaml").read_text("utf-8"))
    return sentences


def style_names() -> list[str]:
    """Styles in their fixed order."""
    return list(vocabulary()["styles"])


def language_names() -> list[str]:
    """Languages in their fixed order."""
    return list(vocabulary()["languages"])
