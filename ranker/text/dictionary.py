"""Export a dictionary folder, and check one before it is used.

A folder is named by the hash of its content, written under another name and renamed once complete, and never
changed afterwards: a version that exists is whole, and two exports of the same words are the same version.

    VERSION/manifest.json   schema, version, created (UTC milliseconds), files {name: sha256}, log_total,
                            max_word_code_points
    VERSION/words.tsv       word, frequency, log of the frequency (a double as Python writes it)
    VERSION/hmm.json        start, transition and emission logs, and what an absent one counts
    VERSION/normalize.tsv   source, target: the normaliser
    VERSION/content.tsv     first and last code point (hexadecimal) of each range that is content
"""

import hashlib
import json
import math
import shutil
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ranker.errors import InvalidInputError
from ranker.text import rows
from ranker.text.content import content_ranges
from ranker.text.normalizer import Normalizer
from ranker.text.table import normalizer_table
from ranker.text.words import DictionaryWord, frequencies

__all__ = ["FILES", "SCHEMA", "DictionaryWord", "content_sha256", "export", "verify"]

SCHEMA = 1
FILES = ("content.tsv", "hmm.json", "normalize.tsv", "words.tsv")
_VERSION_DIGITS = 12


def export(names: Iterable[DictionaryWord], target: Path) -> str:
    """Write the dictionary of jieba's words and `names` as `target/VERSION` and return the version.

    A version that is already there is checked and kept. Takes about four seconds. The folder appears whole or
    not at all, whatever kills this process.
    """
    table = normalizer_table()
    words = frequencies(names, Normalizer(table))
    contents = {
        "content.tsv": _lines((f"{first:x}", f"{last:x}") for first, last in content_ranges()),
        "hmm.json": _hidden_markov_model(),
        "normalize.tsv": _lines((rows.escape(s), rows.escape(t)) for s, t in table.items()),
        "words.tsv": _lines((rows.escape(w), str(f), repr(math.log(f))) for w, f in words.items()),
    }
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    version = _version(hashes)
    manifest = {
        "schema": SCHEMA,
        "version": version,
        "created": time.time_ns() // 1_000_000,
        "files": hashes,
        "log_total": math.log(sum(words.values())),
        "max_word_code_points": max(map(len, words)),
    }
    contents["manifest.json"] = (json.dumps(manifest, indent=2) + "\n").encode()
    _place(contents, target, version)
    return version


def verify(folder: Path) -> dict[str, Any]:
    """Check a dictionary folder's schema, version and checksums and return its manifest.

    Raises `InvalidInputError` naming the first thing that is wrong.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInputError(
            f"[{folder}] is no dictionary: {error}; build the index again to export one"
        ) from error
    if manifest.get("schema") != SCHEMA:
        raise InvalidInputError(
            f"dictionary [{folder.name}] has schema [{manifest.get('schema')}]; this program reads [{SCHEMA}]"
        )
    hashes = manifest.get("files", {})
    for name in FILES:
        file = folder / name
        found = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "no such file"
        if found != hashes.get(name):
            raise InvalidInputError(
                f"dictionary [{folder.name}] is damaged: [{name}] has checksum [{found}] instead of "
                f"[{hashes.get(name)}]; delete the folder and export it again"
            )
    if not manifest.get("version") == _version(hashes) == folder.name:
        raise InvalidInputError(
            f"dictionary folder [{folder.name}] holds version [{manifest.get('version')}]; "
            "a version is never renamed"
        )
    return manifest


def content_sha256(folder: Path) -> str:
    """The whole hash of a dictionary's content, whose first twelve digits are its version.

    Raises `InvalidInputError` if the folder is damaged.
    """
    return _content(verify(folder)["files"])


def _version(hashes: dict[str, str]) -> str:
    return _content(hashes)[:_VERSION_DIGITS]


def _content(hashes: dict[str, str]) -> str:
    listing = f"schema {SCHEMA}\n" + "".join(f"{name} {hashes[name]}\n" for name in FILES)
    return hashlib.sha256(listing.encode()).hexdigest()


def _place(contents: dict[str, bytes], target: Path, version: str) -> None:
    final = target / version
    target.mkdir(parents=True, exist_ok=True)
    if not final.exists():
        scratch = Path(tempfile.mkdtemp(prefix=f".{version}-", dir=target))
        try:
            for name, content in contents.items():
                (scratch / name).write_bytes(content)
            scratch.chmod(0o755)  # mkdtemp keeps it to its owner, and the engine may run as another user
            scratch.rename(final)
        except OSError:
            if not final.exists():  # otherwise another export of the same words was faster
                raise
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    verify(final)


def _hidden_markov_model() -> bytes:
    from jieba import finalseg

    model = {
        "start": finalseg.start_P,
        "transition": finalseg.trans_P,
        "emission": finalseg.emit_P,
        "absent": finalseg.MIN_FLOAT,
    }
    return json.dumps(model, ensure_ascii=True, sort_keys=True, indent=0, separators=(",", ":")).encode()


def _lines(fields: Iterable[tuple[str, ...]]) -> bytes:
    return "".join("\t".join(row) + "\n" for row in fields).encode()
