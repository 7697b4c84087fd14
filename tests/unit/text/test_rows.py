"""Fields that hold anything at all."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranker.errors import InvalidInputError
from ranker.text import rows


@given(st.text())
def test_escape_and_back(text: str) -> None:
    escaped = rows.escape(text)
    assert rows.unescape(escaped) == text
    assert not set("\t\n\r\x00\x85\u2028") & set(escaped)


def test_escapes_by_hand() -> None:
    assert rows.escape("a\tb\n\\\x00\ufeff") == "a\\tb\\n\\\\\\u0000\\ufeff"


def test_unknown_escape() -> None:
    with pytest.raises(InvalidInputError) as error:
        rows.unescape("\\x")
    assert str(error.value) == "unknown escape [\\x] in a dictionary row; export the dictionary again"


def test_wrong_number_of_fields(tmp_path: Path) -> None:
    file = tmp_path / "normalize.tsv"
    file.write_text("a\tb\nc\n", "utf-8")
    with pytest.raises(InvalidInputError) as error:
        list(rows.read(file, 2))
    assert str(error.value) == (
        "normalize.tsv line 2 has [1] fields instead of 2; export the dictionary again"
    )
