"""Files of Kibana's console: what is read out of them, and what is refused."""

import pytest

from ranker.engine.tour.look import Look
from ranker.engine.tour.syntax import files_of, read_console
from ranker.errors import InvalidInputError

TOUR = """\
# 1 · A tour
// in two lines

# Search for it.
# see hits.total.value = 3
POST videos/_search?size=2
{
  # within a body
  "query": {"match": {"title": "晴天"}}
}

# This stands alone.

# Who is there?
GET /_cat/nodes

POST _bulk
{"index": {"_index": "a"}}
{
  "title": "x"
}
# Last.
DELETE a
"""


@pytest.fixture
def read(tmp_path):
    def written(text):
        path = tmp_path / "a.console"
        path.write_text(text, "utf-8")
        return read_console(path)

    return written


def test_requests_have_method_path_body_and_comment(read):
    file = read(TOUR)
    assert (file.title, file.engine) == ("1 · A tour", None)
    assert [(r.line, r.method, r.path, r.content, r.comment) for r in file.requests] == [
        (
            6,
            "POST",
            "/videos/_search?size=2",
            '{"query": {"match": {"title": "晴天"}}}'.encode(),
            "Search for it.",
        ),
        (15, "GET", "/_cat/nodes", None, "Who is there?"),
        (17, "POST", "/_bulk", b'{"index": {"_index": "a"}}\n{"title": "x"}\n', ""),
        (23, "DELETE", "/a", None, "Last."),
    ]
    assert file.requests[0].looks == (Look("hits.total.value", "=", 3),)
    kinds = [request.content_type.rpartition("/")[2] for request in file.requests]
    assert kinds == ["json", "json", "x-ndjson", "json"]


def test_a_file_of_one_engine_says_so(read):
    assert read("# x\n# Engine: opensearch\nGET /\n").engine == "opensearch"


def test_three_quotes_hold_line_breaks(read):
    (request,) = read('PUT a\n{"source": """one\n"two" \\s""", "b": ""}\n').requests
    assert request.content == b'{"source": "one\\n\\"two\\" \\\\s", "b": ""}'


def test_an_empty_file_has_no_requests(read):
    assert read("# only words\n").requests == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("GETT a\n", "line [1] is [GETT a]: begin a request with a method and a path, a comment with #"),
        ("# x\n{}\nGET a\n", "line [2] is [{}]: begin a request with a method and a path, a comment with #"),
        ('GET a\n{\n  "b": tru\n}\n', "line [3]: no JSON at [tru]: Expecting value"),
        ("GET a\n\n{}\nPOTS b\n", "line [4]: no JSON at [POTS b]: Expecting value"),
        ("GET a\n{}\n{}\n", "line [1]: [GET /a] has [2] bodies; only _bulk and _msearch take several"),
        ("# see a ~ b\nGET a\n", "line [1]: [a ~ b] is no PATH, PATH = JSON or PATH has JSON"),
        ("# see a = b\nGET a\n", "line [1]: [b] is no JSON; a text stands in quotes"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(read, tmp_path, text, message):
    with pytest.raises(InvalidInputError) as raised:
        read(text)
    assert str(raised.value) == f"[{tmp_path / 'a.console'}] {message}"


def test_an_engine_that_is_none_is_refused(read, tmp_path):
    with pytest.raises(InvalidInputError) as raised:
        read("# Engine: solr\nGET /\n")
    assert str(raised.value) == (
        f"[{tmp_path / 'a.console'}] is of the engine [solr]: name one of [elasticsearch, opensearch]"
    )


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "a.console"
    path.write_bytes(b"# a\xff")
    with pytest.raises(InvalidInputError) as raised:
        read_console(path)
    assert str(raised.value) == f"[{path}] is not UTF-8 at byte [3]: save it as such"


def test_folders_stand_for_their_files_in_order(tmp_path):
    for name in ("02_b.console", "01_a.console", "notes.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in files_of([tmp_path])] == ["01_a.console", "02_b.console"]
    assert files_of([tmp_path / "notes.txt"]) == [tmp_path / "notes.txt"]


def test_nothing_to_read_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "no.console"):
        with pytest.raises(InvalidInputError) as raised:
            files_of([path])
        assert str(raised.value) == (
            f"no .console file at [{path}]: name a file, or a folder that holds some"
        )
