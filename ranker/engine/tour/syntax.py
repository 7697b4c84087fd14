"""Files in the syntax of Kibana's console (Dev Tools): what a person pastes there, a program sends from here.

A request is a line of method and path, then its body: one JSON value, or several for `_bulk` and `_msearch`.
Lines that begin with # or // are comments, also within a body. A string in three quotes may hold line
breaks.

Two comments are read by programs too. `# Engine: elasticsearch` in the first lines says that the file is of
one engine alone. `# see PATH`, `# see PATH = JSON` and `# see PATH has JSON` before a request name what to
look at in its answer (`ranker.engine.tour.look`).
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final, get_args

from ranker.engine.tour.look import Look, read_look
from ranker.errors import InvalidInputError
from ranker.settings import Engine

SUFFIX: Final = ".console"

_REQUEST = re.compile(r"(GET|POST|PUT|DELETE|HEAD|PATCH)\s+(\S+)\s*$")
_COMMENT = re.compile(r"\s*(?:#|//)\s?(.*)$")
_ENGINE = re.compile(r"Engine:\s*(\S+)\s*$")
_QUOTED = re.compile(r'"""(.*?)"""', re.DOTALL)
_MANY = re.compile(r"/_(?:bulk|msearch)(?:$|[?/])")


@dataclass(frozen=True)
class ConsoleRequest:
    """One request.

    Attributes:
        line: Where it stands in its file, from 1.
        method: "GET".
        path: With a leading slash and what follows a question mark.
        content: Its body, None without one.
        content_type: Of the body.
        comment: What is said before it, one line.
        looks: What to look at in the answer.
    """

    line: int
    method: str
    path: str
    content: bytes | None
    content_type: str
    comment: str
    looks: tuple[Look, ...]


@dataclass(frozen=True)
class ConsoleFile:
    """A file of requests.

    Attributes:
        path: Where it lies.
        title: Its first comment.
        engine: Of which engine alone it is; None: of both.
        requests: In their order.
    """

    path: Path
    title: str
    engine: Engine | None
    requests: tuple[ConsoleRequest, ...]


def files_of(paths: Sequence[Path]) -> list[Path]:
    """The files that are named, and those of the folders that are named, by their names.

    Raises:
        InvalidInputError: There is no such file, or none in the folder.
    """
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path] if path.is_file() else []
        if not inside:
            raise InvalidInputError(f"no {SUFFIX} file at [{path}]: name a file, or a folder that holds some")
        found += inside
    return found


def read_console(path: Path) -> ConsoleFile:
    """Read a file.

    Raises:
        InvalidInputError: A line is no request, a body no JSON, a comment for programs none of theirs.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"[{path}] is not UTF-8 at byte [{error.start}]: save it as such") from None
    starts = [number for number, line in enumerate(lines) if _REQUEST.match(line)]
    head = lines[: starts[0]] if starts else lines
    comments = [match[1] for line in head if (match := _COMMENT.match(line))]
    return ConsoleFile(
        path, next(iter(comments), ""), _engine(path, comments), tuple(_requests(path, lines, starts))
    )


def _engine(path: Path, comments: list[str]) -> Engine | None:
    named = [match[1] for comment in comments if (match := _ENGINE.match(comment))]
    if not named:
        return None
    known: tuple[Engine, ...] = get_args(Engine)
    for engine in known:
        if [engine] == named:
            return engine
    raise InvalidInputError(
        f"[{path}] is of the engine [{', '.join(named)}]: name one of [{', '.join(known)}]"
    )


def _requests(path: Path, lines: list[str], starts: list[int]) -> Iterator[ConsoleRequest]:
    """Comments after a body's last line stand before the next request."""
    head = lines[: starts[0]] if starts else lines
    _refuse_text(path, head)
    before = _paragraph(head)
    for start, end in pairwise([*starts, len(lines)]):
        body = lines[start + 1 : end]
        length = max(
            (n for n, line in enumerate(body, 1) if line.strip() and not _COMMENT.match(line)), default=0
        )
        yield _request(path, start, lines[start], body[:length], before)
        before = _paragraph(body[length:])


def _refuse_text(path: Path, lines: list[str]) -> None:
    for number, line in enumerate(lines, 1):
        if line.strip() and not _COMMENT.match(line):
            raise InvalidInputError(
                f"[{path}] line [{number}] is [{line.strip()}]: begin a request with a method and a path, "
                "a comment with #"
            )


def _paragraph(lines: list[str]) -> list[tuple[int, str]]:
    """The comments that stand directly before what follows, a blank line ends them."""
    last: list[tuple[int, str]] = []
    for back, line in enumerate(reversed(lines), 1):
        match = _COMMENT.match(line)
        if match is None:
            break
        last.insert(0, (back, match[1].strip()))
    return last


def _request(
    path: Path, start: int, line: str, body: list[str], before: list[tuple[int, str]]
) -> ConsoleRequest:
    match = _REQUEST.match(line)
    assert match is not None
    method, target = match.groups()
    target = "/" + target.removeprefix("/")
    texts, looks = [], []
    for back, comment in before:
        if comment.startswith("see "):
            looks.append(read_look(comment.removeprefix("see "), f"[{path}] line [{start + 1 - back}]"))
        else:
            texts.append(comment)
    values = _values(path, start + 2, body)
    many = bool(_MANY.search(target))
    if len(values) > 1 and not many:
        raise InvalidInputError(
            f"[{path}] line [{start + 1}]: [{method} {target}] has [{len(values)}] bodies; only _bulk and "
            "_msearch take several"
        )
    content = ("\n".join(values) + "\n" * many).encode() if values else None
    kind = "application/x-ndjson" if many else "application/json"
    return ConsoleRequest(start + 1, method, target, content, kind, " ".join(texts), tuple(looks))


def _values(path: Path, first: int, lines: list[str]) -> list[str]:
    """The JSON values of a body, each in one line."""
    text = "\n".join("" if _COMMENT.match(line) else line for line in lines)
    text = _QUOTED.sub(lambda match: json.dumps(match[1], ensure_ascii=False), text)
    decoder, values, at = json.JSONDecoder(), [], 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        try:
            value, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            wrong = text[error.pos :].strip().partition("\n")[0]
            line = first + text.count("\n", 0, error.pos)
            raise InvalidInputError(f"[{path}] line [{line}]: no JSON at [{wrong}]: {error.msg}") from None
        values.append(json.dumps(value, ensure_ascii=False))
    return values
