"""What counts as a text in anybody's file."""

import gzip
from pathlib import Path

import pytest

from ranker.errors import InvalidInputError
from ranker.evaluation import text_files


def _write(path: Path, text: str | bytes) -> Path:
    data = text.encode() if isinstance(text, str) else text
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def test_tsv_splits_on_line_feeds_and_tabs_only(tmp_path: Path) -> None:
    file = _write(tmp_path / "q.tsv.gz", 'id\tquery\n1\t晴天\r\n2\t"七\u2028里\x0b香\n3\t\n')
    read = text_files.read(file)
    assert (read.columns, read.texts) == (["query"], ["晴天\r", '"七\u2028里\x0b香', ""])


def test_csv_has_quotes_and_keeps_a_bare_carriage_return(tmp_path: Path) -> None:
    file = _write(tmp_path / "v.csv", 'id,title,author\nB1,"晴天, 七里香\n现场",某某\nB2,稻香\r告白气球,甲\n')
    read = text_files.read(file)
    assert (read.columns, read.texts) == (["title"], ["晴天, 七里香\n现场", "稻香\r告白气球"])


def test_columns_with_a_third_of_the_richest_are_text_and_labels_are_not(tmp_path: Path) -> None:
    """Han per cell: a 3, b 1, c 0.5; a third of 3 is 1."""
    file = _write(tmp_path / "p.tsv", "a\tb\tc\n一二三\t一\t一\n四五六\t二\t\n")
    read = text_files.read(file)
    assert (read.columns, read.texts) == (["a", "b"], ["一二三", "一", "四五六", "二"])


def test_first_row_with_han_is_no_header(tmp_path: Path) -> None:
    read = text_files.read(_write(tmp_path / "p.tsv", "怎么弄\t怎么开\t1\n为何\t为啥\t0\n"))
    assert (read.columns, read.texts) == (["1", "2"], ["怎么弄", "怎么开", "为何", "为啥"])


def test_columns_can_be_named_or_numbered(tmp_path: Path) -> None:
    file = _write(tmp_path / "v.csv", "id,title,author\nB1,晴天,某某\n")
    assert text_files.read(file, ["author"]).texts == ["某某"]
    assert text_files.read(file, ["1", "title"]).texts == ["B1", "晴天"]
    with pytest.raises(InvalidInputError) as error:
        text_files.read(file, ["name"])
    assert str(error.value) == f"[{file}] has none of the columns [name]; it has [id, title, author]"


def test_table_without_han_is_all_text(tmp_path: Path) -> None:
    assert text_files.read(_write(tmp_path / "x.tsv", "1\thello\n2\t😀\n")).texts == ["1", "hello", "2", "😀"]


def test_text_file_is_a_text_a_line_untrimmed(tmp_path: Path) -> None:
    read = text_files.read(_write(tmp_path / "q.txt", "\ufeffquery\n 晴天\u3000\n\n七里香"))
    assert (read.columns, read.texts) == ((), ["query", " 晴天\u3000", "", "七里香"])


def test_bytes_that_are_not_utf8_are_replaced_and_counted(tmp_path: Path) -> None:
    read = text_files.read(_write(tmp_path / "q.txt", "晴天\n".encode() + b"\xed\xa0\xbd\n\xef\xbf\xbd\n"))
    assert read.replaced == 1
    assert read.texts[0] == "晴天"
    assert set(read.texts[1]) == {"\ufffd"}


def test_unreadable_rows_are_said(tmp_path: Path) -> None:
    read = text_files.read(_write(tmp_path / "v.csv", 'id,title\nB1,"晴天"x\nB2,七里香\n'))
    assert read.texts == ["七里香"]
    assert read.unread == ["line 2: text [x] follows a closing quote"]


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read: "):
        text_files.read(tmp_path / "none.tsv")


def test_empty_file(tmp_path: Path) -> None:
    assert text_files.read(_write(tmp_path / "q.tsv", "")).texts == []
