"""JSON for people: what fits in a line stays in a line."""

import json
from typing import Any

WIDTH = 100


def folded(value: Any, width: int = WIDTH, indent: str = "", name: str = "") -> str:
    """The JSON of a value; objects and lists are broken into lines only where they are wider than `width`.

    A list of plain values is never broken into a line each: a vector of 512 numbers is one long line.

    Args:
        value: Anything that JSON holds.
        width: Of a line, characters.
        indent: Blanks before the line.
        name: What stands before the value in its line.
    """
    line = name + json.dumps(value, ensure_ascii=False)
    plain = isinstance(value, list) and not any(isinstance(entry, dict | list) for entry in value)
    if len(indent) + len(line) <= width or plain or not isinstance(value, dict | list) or not value:
        return line
    deeper = indent + "  "
    if isinstance(value, dict):
        names = [json.dumps(key, ensure_ascii=False) + ": " for key in value]
        inner, braces = zip(names, value.values(), strict=True), "{}"
    else:
        inner, braces = zip([""] * len(value), value, strict=True), "[]"
    lines = ",\n".join(deeper + folded(entry, width, deeper, key) for key, entry in inner)
    return f"{name}{braces[0]}\n{lines}\n{indent}{braces[1]}"
