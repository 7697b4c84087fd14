"""What can be asked wrongly: each object that the plugin reads, a good one, and what its fields must be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ranker.settings import Engine

TEXT: Final = "text"  # words, not blank
NAME: Final = "name"  # a string, not empty
ANY_STRING: Final = "any string"
ID: Final = "id"  # safe in URLs and headers
OBJECT: Final = "object"
TIME: Final = "time"  # UTC milliseconds
WINDOW: Final = "window"
SHARE: Final = "share"  # in [0, 1]
POSITIVE: Final = "positive"
BOOST: Final = "boost"
NUMBER: Final = "number"
ROUTES: Final = "routes"
QUERIES: Final = "queries"
RETRIEVER: Final = "retriever"
FILES: Final = "files"

_ALL: Final[Mapping[str, Any]] = {"match_all": {}}
_SEARCH: Final = {
    "query": TEXT,
    "user": NAME,
    "context": OBJECT,
    "config": NAME,
    "request_id": ID,
    "now": TIME,
}
_WHO: Final = {
    "query": "周杰伦 晴天",
    "user": "u42",
    "context": {"device": "phone"},
    "request_id": "r-1",
    "now": 1_760_000_000_000,
}


@dataclass(frozen=True)
class Target:
    """One object of the DSL.

    Attributes:
        name: As in requests.
        fields: What each field must be, in the words above.
        required: Fields that must not be missing.
        good: An object with nothing wrong.
        wrap: The whole body for an object.
        method: Of the request.
        path: Of the request.
        others: Whole bodies that are wrong around a good object, by what must be in the reason.
        takes_string: Whether a string may stand for the object.
        kept: Fields without which nothing is read, so that no mistake shows; never left out.
        parsed: Whether the engine parses it before the plugin does, and answers to broken JSON itself.
        answer: What the reason must contain whatever the mistake, because it is looked at first.
    """

    name: str
    fields: Mapping[str, str]
    required: Sequence[str]
    good: Mapping[str, Any]
    wrap: Callable[[Any], Any]
    method: str
    path: str
    others: Sequence[tuple[str, Mapping[str, Any]]] = ()
    takes_string: bool = False
    kept: Sequence[str] = ()
    parsed: bool = False
    answer: str | None = None

    def request(self, value: Any) -> Any:
        """The whole body with that object; a `Whole` stands for itself."""
        return value.body if isinstance(value, Whole) else self.wrap(value)


@dataclass(frozen=True)
class Whole:
    """A whole body in place of an object."""

    body: Any


def targets(engine: Engine, index: str) -> Sequence[Target]:
    """What that engine's plugin reads."""
    search = f"/{index}/_search"
    common = [_fine_rank(search), _proximity(search), _encore(search)]
    dictionaries = [_dictionary("0123456789ab"), _dictionary("no-version", "[no-version]")]
    own = {
        "elasticsearch": [_retriever(search), _query_vector_builder(search)],
        "opensearch": [_rerank_ext(search), _rerank_processor(search)],
    }
    return [*common, *own[engine], *dictionaries]


def _fine_rank(path: str) -> Target:
    def wrap(value: Any) -> dict[str, Any]:
        return {"query": _ALL, "size": 1, "rescore": {"window_size": 10, "fine_rank": value}}

    good = wrap(_WHO)
    other = {"window_size": 10, "query": {"rescore_query": _ALL}}
    return Target(
        "fine_rank",
        _SEARCH,
        ["query"],
        _WHO,
        wrap,
        "POST",
        path,
        [
            ("[from + size]", good | {"size": 11}),
            ("[from + size]", good | {"from": 10}),
            ("[window_size]", good | {"rescore": {**good["rescore"], "window_size": 1_001}}),
            ("[window_size]", good | {"rescore": {**good["rescore"], "window_size": 0}}),
            ("[2]", good | {"rescore": [good["rescore"], other]}),
            ("[2]", good | {"rescore": [good["rescore"], good["rescore"]]}),
            ("[sort]", good | {"sort": ["plays"]}),
            ("[sort]", good | {"sort": [{"_score": "asc"}]}),
            ("[search_after]", good | {"sort": ["_score"], "search_after": [1.5]}),
        ],
    )


def _proximity(path: str) -> Target:
    fields = {
        "query": ANY_STRING,
        "window_weight": SHARE,
        "order_weight": SHARE,
        "half_gap": POSITIVE,
        "boost": BOOST,
        "_name": ANY_STRING,
    }
    good = {
        "query": "周杰伦 晴天",
        "window_weight": 0.5,
        "order_weight": 0.5,
        "half_gap": 4,
        "boost": 2,
        "_name": "n",
    }

    def wrap(value: Any) -> dict[str, Any]:
        return {"query": {"proximity": {"title.cut": value}}, "size": 1}

    return Target(
        "proximity",
        fields,
        ["query"],
        good,
        wrap,
        "POST",
        path,
        [
            ("[tags]", {"query": {"proximity": {"title.cut": good, "tags": good}}}),
            ("[proximity]", {"query": {"proximity": {}}}),
            ("[proximity]", {"query": {"proximity": {"": good}}}),
            ("[plays]", {"query": {"proximity": {"plays": good}}}),
            ("[no_such]", {"query": {"proximity": {"title.cut": good | {"analyzer": "no_such"}}}}),
        ],
        takes_string=True,
    )


def _encore(path: str) -> Target:
    fields = {
        "text": TEXT,
        "user": NAME,
        "context": OBJECT,
        "routes": ROUTES,
        "filter": QUERIES,
        "boost": BOOST,
        "_name": ANY_STRING,
    }
    good = {
        "text": "周杰伦 晴天",
        "user": "u42",
        "context": {"device": "phone"},
        "routes": ["text"],
        "filter": [{"term": {"video_id": "v1"}}],
        "boost": 1.5,
        "_name": "n",
    }

    def wrap(value: Any) -> dict[str, Any]:
        return {"query": {"encore": value}, "size": 1}

    return Target("encore", fields, ["text"], good, wrap, "POST", path)


def _retriever(path: str) -> Target:
    fields = _SEARCH | {
        "retriever": RETRIEVER,
        "rank_window_size": WINDOW,
        "filter": QUERIES,
        "min_score": NUMBER,
        "_name": ANY_STRING,
    }
    inner = {"standard": {"query": _ALL}}
    good = _WHO | {
        "retriever": inner,
        "rank_window_size": 10,
        "filter": [_ALL],
        "min_score": 0.5,
        "_name": "n",
    }

    def wrap(value: Any) -> dict[str, Any]:
        return {"retriever": {"encore": value}, "size": 1}

    return Target(
        "retriever encore",
        fields,
        ["query", "retriever"],
        good,
        wrap,
        "POST",
        path,
        [
            ("[from + size]", wrap(good) | {"size": 11}),
            ("[from + size]", wrap(good) | {"from": 10}),
        ],
    )


def _query_vector_builder(path: str) -> Target:
    good = {"text": "周杰伦 晴天"}

    def wrap(value: Any) -> dict[str, Any]:
        builder = {
            "field": "title_vector",
            "k": 5,
            "num_candidates": 10,
            "query_vector_builder": {"encore": value},
        }
        return {"knn": builder, "size": 1}

    return Target("query_vector_builder", {"text": TEXT}, ["text"], good, wrap, "POST", path)


_RERANK: Final = _SEARCH | {"rank_window_size": WINDOW, "min_score": NUMBER}
_RERANKED: Final = _WHO | {"rank_window_size": 10, "min_score": 0.5}


def _pipeline(request: Any) -> dict[str, Any]:
    return {
        "request_processors": [{"encore_rerank": request}],
        "response_processors": [{"encore_rerank": {}}],
    }


def _rerank_ext(path: str) -> Target:
    def wrap(value: Any) -> dict[str, Any]:
        return {"query": _ALL, "size": 1, "search_pipeline": _pipeline({}), "ext": {"encore_rerank": value}}

    good = wrap(_RERANKED)
    return Target(
        "ext encore_rerank",
        _RERANK,
        ["query"],
        _RERANKED,
        wrap,
        "POST",
        path,
        [("[from + size]", good | {"size": 11}), ("[from + size]", good | {"from": 10})],
    )


def _rerank_processor(path: str) -> Target:
    def wrap(value: Any) -> dict[str, Any]:
        return {"query": _ALL, "size": 1, "search_pipeline": _pipeline(value)}

    return Target(
        "processor encore_rerank", _RERANK, [], _RERANKED, wrap, "POST", path, kept=["query"], parsed=True
    )


def _itself(value: Any) -> Any:
    return value


def _dictionary(version: str, answer: str | None = None) -> Target:
    names = ("manifest.json", "words.tsv", "hmm.json", "normalize.tsv", "content.tsv")
    good = {"files": dict.fromkeys(names, "")}  # well formed, and not what the version's name says
    path = f"/_encore/dictionary/{version}"
    return Target(
        f"dictionary {version}", {"files": FILES}, ["files"], good, _itself, "PUT", path, answer=answer
    )
