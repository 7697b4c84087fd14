"""`/v1/understand` over the real application, without a socket: what is asked, refused, kept and counted."""

import asyncio
import json

import numpy as np
import pytest

from ranker.serving.app import App
from ranker.serving.generations import UnknownGenerationError
from ranker.serving.metrics import Metrics
from ranker.serving.query_vectors import QueryVectors
from ranker.serving.understand import Understanding, decode_request
from ranker.text.analyzer import Analyzer
from ranker.text.dictionary import DictionaryWord, export
from ranker.understanding.names import CatalogNames
from ranker.understanding.plan import decode_plan, decode_vector
from ranker.understanding.planner import CONFIGURATION, Planner
from tests.unit.features.small_catalogue import ARTISTS, NAMES, SONGS

GENERATION = "videos-1"
ENCODER = "e1"


class Held:
    def __init__(self, planner):
        self.planner = planner


class Encoder:
    """The vector of a text points along its length; counts what it was asked."""

    def __init__(self):
        self.asked = []
        self.error = None

    def encode(self, texts):
        self.asked += texts
        if self.error:
            raise self.error
        vectors = np.zeros((len(texts), 8), np.float32)
        vectors[range(len(texts)), [len(text) % 8 for text in texts]] = 1
        return vectors


class Gated(Encoder):
    """Encodes only once it may."""

    def __init__(self, gate):
        super().__init__()
        self._gate = gate

    def encode(self, texts):
        self._gate.wait(10)
        return super().encode(texts)


@pytest.fixture(scope="module")
def planner(tmp_path_factory):
    target = tmp_path_factory.mktemp("dictionary")
    analyzer = Analyzer.load(target / export([DictionaryWord(name) for name in NAMES], target))
    names = CatalogNames.make(ARTISTS, SONGS, analyzer)
    return Planner(GENERATION, analyzer, names, lambda terms: np.arange(1, len(terms) + 1), ENCODER)


class Service:
    """The application with one generation; every call is one request."""

    def __init__(self, planner, encoder=None, make=Understanding, token=None, **options):
        self.metrics = Metrics()
        self.encoder = encoder or Encoder()
        self.vectors = QueryVectors(None, self.metrics, load=lambda folder: self.encoder, **options)
        self.vectors._find = lambda version: version if version == ENCODER else None
        self._planner = planner
        self.understanding = make(self._find, self.vectors, self.metrics)
        self.app = App(None, self.understanding, None, None, None, self.metrics, token)

    def _find(self, name):
        if name not in ("", GENERATION):
            raise UnknownGenerationError(f"generation [{name}] is not held; activate it first")
        return Held(self._planner)

    async def send(self, body, **headers):
        """(status, headers, JSON) of a POST."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"content-type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/understand",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        sent = []

        async def receive():
            return {"type": "http.request", "body": raw}

        async def keep(message):
            sent.append(message)

        await self.app(scope, receive, keep)
        answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], answered, sent[1]["body"]

    def ask(self, body, **headers):
        status, answered, body = asyncio.run(self.send(body, **headers))
        return status, answered, json.loads(body)

    def count(self, metric, label):
        return getattr(self.metrics, metric).labels(label)._value.get()


@pytest.fixture
def service(planner):
    return Service(planner)


def test_a_plan_is_answered(service):
    status, headers, plan = service.ask(
        {
            "text": "周杰伦 晴天",
            "user": "u42",
            "context": {"device": "phone"},
            "options": {"routes": ["text", "entity"], "vector": False},
            "index": "videos",
            "generation": GENERATION,
            "request_id": "r-1",
            "now": 1,
        }
    )
    assert status == 200
    assert headers["content-type"] == "application/json"
    assert headers["x-encore-request-id"] == "r-1"
    assert plan == {
        "schema": 1,
        "generation": GENERATION,
        "versions": {
            "dictionary": service._planner.versions.dictionary,
            "configuration": CONFIGURATION,
            "encoder": ENCODER,
        },
        "normalized": "周杰伦 晴天",
        "segments": [
            {"term": "周杰伦", "start": 0, "end": 3, "weight": 1.0},
            {"term": "晴天", "start": 4, "end": 6, "weight": 2.0},
        ],
        "entities": [
            {
                "kind": "artist",
                "id": "jay",
                "surface": "周杰伦",
                "names": ["周杰伦", "jay chou", "周董"],
                "start": 0,
                "end": 3,
                "trust": 1.0,
                "alias": False,
            },
            {
                "kind": "song",
                "id": "sunny",
                "surface": "晴天",
                "names": ["晴天"],
                "start": 4,
                "end": 6,
                "trust": 1.0,
                "alias": False,
            },
        ],
        "rewrites": [],
        "personal": [],
        "filters": [],
    }


def test_a_text_is_enough_and_the_newest_generation_answers(service):
    status, headers, plan = service.ask({"text": "hebe"})
    assert (status, plan["generation"], "x-encore-request-id" in headers) == (200, GENERATION, False)
    assert decode_plan(json.dumps(plan).encode()).entities[0].id == "hebe"


def test_without_the_entity_route_there_are_no_entities(service):
    assert service.ask({"text": "晴天", "options": {"routes": ["text"]}})[2]["entities"] == []
    assert service.ask({"text": "晴天"})[2]["entities"] != []  # the other is another plan


LONG = "词" * 513


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "the request is wrong: [Input data was truncated]"),
        (b"[]", "the request is wrong: [Expected `object`, got `array`]"),
        ({}, "the request is wrong: [Object missing required field `text`]"),
        ({"text": "x", "query": "x"}, "the request is wrong: [Object contains unknown field `query`]"),
        ({"text": 7}, "the request is wrong: [Expected `str`, got `int` - at `$.text`]"),
        ({"text": " \u3000"}, "text [ \u3000] is blank; say what is searched for"),
        ({"text": LONG}, "a text of [513] characters exceeds the limit of [512]"),
        ({"text": "x", "user": "u" * 257}, "user of [257] characters exceeds the limit of [256]"),
        ({"text": "x", "now": -1}, "now [-1] is not a time in UTC milliseconds"),
        (
            {"text": "x", "options": {"routes": ["knn"]}},
            "the request is wrong: [Invalid enum value 'knn' - at `$.options.routes[0]`]",
        ),
        (
            {"text": "x", "options": {"fast": True}},
            "the request is wrong: [Object contains unknown field `fast` - at `$.options`]",
        ),
        (
            {"text": "x", "context": []},
            "the request is wrong: [Expected `object`, got `array` - at `$.context`]",
        ),
    ],
)
def test_what_is_no_request_is_refused(service, body, reason):
    status, headers, said = service.ask(body)
    assert (status, headers["x-encore-cause"]) == (400, "bad_request")
    assert said == {"error": {"cause": "bad_request", "reason": reason}}


def test_the_limit_counts_code_points(service):
    assert service.ask({"text": "𠮷" * 512})[0] == 200


def test_another_kind_of_body_is_refused(service):
    said = service.ask({"text": "x"}, content_type="text/plain")
    assert said[2]["error"]["reason"] == "content type [text/plain] is unknown; send [application/json]"


def test_a_large_body_is_refused(service):
    assert service.ask({"text": "x", "context": {"page": "x" * 70_000}})[0] == 413


def test_a_wrong_deadline_is_refused(service):
    said = service.ask({"text": "x"}, x_encore_deadline_ms="soon")
    assert said[2]["error"]["reason"] == (
        "x-encore-deadline-ms [soon] is not a whole number of milliseconds below 10⁹"
    )


def test_the_token_is_asked_for(planner):
    service = Service(planner, token="s3cret")
    assert service.ask({"text": "晴天"})[0] == 401
    assert service.ask({"text": "晴天"}, authorization="Bearer s3cret")[0] == 200


def test_a_passed_deadline_and_an_unknown_generation_are_causes(service):
    status, headers, _ = service.ask({"text": "晴天"}, x_encore_deadline_ms="0")
    assert (status, headers["x-encore-cause"]) == (503, "deadline")
    status, headers, said = service.ask({"text": "晴天", "generation": "videos-0"})
    assert (status, headers["x-encore-cause"]) == (503, "generation_unknown")
    assert said["error"]["reason"] == "generation [videos-0] is not held; activate it first"
    assert service.count("understand_failures", "deadline") == 1


def test_plans_are_kept_by_text_and_not_by_user(service):
    for user in ("u1", "u2", None):
        service.ask({"text": "晴天", "user": user, "request_id": f"r-{user}"})
    assert (service.count("plans", "made"), service.count("plans", "kept")) == (1, 2)
    service.ask({"text": "晴天 "})
    assert service.count("plans", "made") == 2
    assert {key[3] for key in service.understanding._plans} == {"晴天", "晴天 "}
    assert not any("u1" in str(part) for key in service.understanding._plans for part in key)


def test_only_so_many_plans_are_kept(planner):
    service = Service(planner, make=lambda *given: Understanding(*given, most_plans=2))
    for text in ("a1", "a2", "a1", "a3", "a1", "a2"):
        service.ask({"text": text})
    assert service.count("plans", "kept") == 2  # a1 twice; a2 had to go for a3


class Personal(Understanding):
    """As a later schema: each user has a route of their own, found while others' requests run."""

    def _personal(self, request, planner):
        return [request.user] if request.user else []


def test_two_users_never_see_each_others_plan(planner):
    service = Service(planner, make=Personal)

    async def one(user, text):
        body = {"text": text, "user": user, "options": {"vector": True}}
        _, _, answered = await service.send(body)
        return user, json.loads(answered)

    async def scenario():
        asked = [(f"u{i % 7}", ("晴天", "周杰伦 晴天")[i % 2]) for i in range(200)]
        strangers = [one(None, "晴天") for _ in range(20)]
        return await asyncio.gather(*(one(*each) for each in asked), *strangers)

    for user, plan in asyncio.run(scenario()):
        assert plan["personal"] == ([user] if user else [])
        assert plan["vector"]
    assert all(plan.personal == [] for plan in service.understanding._plans.values())
    assert service.count("plans", "made") == 2


def test_a_vector_is_of_the_text_and_computed_once(service):
    async def scenario():
        body = {"text": "晴天", "options": {"routes": ["vector"]}}
        return await asyncio.gather(*(service.send(body) for _ in range(5)), service.send({"text": "晴天"}))

    *with_vector, without = (json.loads(body) for _, _, body in asyncio.run(scenario()))
    for plan in with_vector:
        assert decode_vector(plan["vector"]).tolist() == [0, 0, 1, 0, 0, 0, 0, 0]
    assert "vector" not in without
    assert service.encoder.asked == ["晴天"]


def test_a_late_vector_is_left_out_and_kept_for_the_next(planner):
    async def scenario():
        import threading

        gate = threading.Event()
        service = Service(planner, Gated(gate))
        body = {"text": "晴天", "options": {"vector": True}}
        _, _, late = await service.send(body, x_encore_deadline_ms="20")
        gate.set()
        _, _, soon = await service.send(body, x_encore_deadline_ms="10000")
        return service, json.loads(late), json.loads(soon)

    service, late, soon = asyncio.run(scenario())
    assert "vector" not in late
    assert late["segments"]
    assert "vector" in soon
    assert service.encoder.asked == ["晴天"]
    assert service.count("vectors", "late") == 1


def test_more_texts_than_may_wait_get_no_vector(planner):
    async def scenario():
        import threading

        gate = threading.Event()
        service = Service(planner, Gated(gate), most_waiting=2)
        bodies = [{"text": f"晴天{i}", "options": {"vector": True}} for i in range(3)]
        tasks = [asyncio.create_task(service.send(body)) for body in bodies]
        refused = await tasks[2]
        gate.set()
        return [json.loads(answer[2]) for answer in (*[await task for task in tasks[:2]], refused)]

    assert ["vector" in plan for plan in asyncio.run(scenario())] == [True, True, False]


def test_a_failing_encoder_leaves_the_vector_out(planner):
    service = Service(planner)
    service.encoder.error = ValueError("no")
    status, _, plan = service.ask({"text": "晴天", "options": {"vector": True}})
    assert (status, "vector" in plan) == (200, False)
    assert service.vectors._waiting == {}


def test_an_encoder_that_is_not_here_is_looked_for_once(tmp_path, caplog):
    vectors = QueryVectors(tmp_path, Metrics(), load=lambda folder: pytest.fail(f"{folder}"))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "manifest.json").write_text(
        '{"schema": 1, "name": "n", "version": "v2", "dimensions": 8}'
    )

    async def scenario():
        await vectors.prepare("v1")
        return await vectors.vector("v1", "晴天", 1.0), await vectors.vector("", "晴天", 1.0)

    assert asyncio.run(scenario()) == (None, None)
    assert caplog.text.count("encoder [v1] is not in") == 1


def test_too_many_requests_at_once_are_refused(planner):
    async def scenario():
        import threading

        gate = threading.Event()
        service = Service(planner, Gated(gate), make=lambda *given: Understanding(*given, most_in_flight=1))
        body = {"text": "晴天", "options": {"vector": True}}
        first = asyncio.create_task(service.send(body))
        while not service.understanding._in_flight:
            await asyncio.sleep(0)
        status, headers, _ = await service.send({"text": "晴天"})
        gate.set()
        return (status, headers["x-encore-cause"]), (await first)[0]

    assert asyncio.run(scenario()) == ((503, "overloaded"), 200)


def test_a_request_reads_alike_however_its_type_is_spelt():
    assert decode_request(b'{"text": "a"}', "Application/JSON; charset=utf-8").text == "a"


def test_an_encoders_folder_is_found_by_its_version(tmp_path):
    for name, version in (("a", "v1"), ("b", "v2")):
        (tmp_path / name).mkdir()
        manifest = {"schema": 1, "name": name, "version": version, "dimensions": 8}
        (tmp_path / name / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "manifest.json").write_text("{}")
    loaded = []

    def load(folder):
        loaded.append(folder.name)
        return Encoder()

    vectors = QueryVectors(tmp_path, Metrics(), load=load)
    asyncio.run(vectors.prepare("v2"))
    asyncio.run(vectors.prepare("v2"))
    assert loaded == ["b"]
    asyncio.run(vectors.prepare("v3"))
    manifest = {"schema": 1, "name": "c", "version": "v3", "dimensions": 8}
    (tmp_path / "c" / "manifest.json").write_text(json.dumps(manifest))
    asyncio.run(vectors.prepare("v3"))
    assert loaded == ["b", "c"], "one that was missing is looked for again"
