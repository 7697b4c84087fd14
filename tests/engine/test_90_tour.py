"""The tour of index_mappings/console: each request, as a person pastes it, gives what its comment says."""

import pytest

from ranker.cli.tour import FILES
from ranker.engine.index.mapping import Made, fill
from ranker.engine.rest import EngineRest
from ranker.engine.tour.run import run
from ranker.engine.tour.syntax import files_of, read_console
from ranker.recall.encoder import EncoderIdentity
from tests.engine.dictionary_cluster import put, small
from tests.engine.fake_ranker import encode_floats
from tests.engine.fine_rank_songs import ranker
from tests.engine.recall_videos import VIDEOS, document, entity, vector_of

DIMENSIONS = 512
FILES_READ = [read_console(path) for path in files_of([FILES])]
NAMES = {"周杰伦": ("artist", ["周杰伦"]), "hebe": ("artist", ["田馥甄", "hebe"]), "晴天": ("song", ["晴天"])}


def long_vector(video_id: str) -> list[float]:
    return vector_of(video_id) + [0.0] * (DIMENSIONS - 4)


def plan(request):
    """What the texts of the tour name, and the vector of v05."""
    words = request["text"].split()
    found = {"entities": [entity(NAMES[word][0], NAMES[word][1]) for word in words if word in NAMES]}
    return found | ({"vector": encode_floats(long_vector("v05"))} if request["options"]["vector"] else {})


@pytest.fixture(scope="module")
def door(node, tmp_path_factory):
    """The node with an index `videos` of the real mapping, and a ranker of the tests beside it.

    It has a dictionary that no index uses, too, as a node has that was built for twice.
    """
    unused = small(node.dictionary_folder, tmp_path_factory.mktemp("unused"), "第一次爱的人")
    assert put(node, unused).status_code == 201
    made = Made("videos-tour", node.dictionary, EncoderIdentity("small", "1", DIMENSIONS), 0)
    body = fill(made, node.product) | {"aliases": {"videos": {}}}
    node.client.call("PUT", "/videos-tour", body)
    try:
        documents = {}
        for video_id in VIDEOS:
            whole = document(video_id) | {
                "title_vector": long_vector(video_id),
                "uploaded_at": 1_700_000_000_000,
            }
            del whole["parts"]
            documents[video_id] = whole
        node.client.fill("videos-tour", documents.items())
        with ranker(node) as fake, EngineRest(node.url) as engine:
            fake.plan = plan
            node.client.configure({"encore.ranker.timeout": "5s"})
            yield engine
    finally:
        node.client.drop("videos-tour")
        node.client.call("DELETE", f"/_encore/dictionary/{unused.name}")


def test_there_is_a_tour_for_each_engine():
    assert {file.engine for file in FILES_READ} == {None, "elasticsearch", "opensearch"}
    for file in FILES_READ:
        assert file.title.startswith(f"{int(file.path.name[:2])} · ")


def test_each_request_says_what_to_look_at():
    for file in FILES_READ:
        for request in file.requests:
            place = f"{file.path.name} line {request.line}"
            assert request.comment, place
            assert request.looks, place


@pytest.mark.parametrize("file", FILES_READ, ids=lambda file: file.path.stem)
def test_what_a_person_pastes_works(node, door, file):
    if file.engine not in (None, node.product):
        pytest.skip(f"of {file.engine} alone")
    outcomes = list(run(file, door))
    wrong = {f"line {outcome.request.line}": outcome.problems for outcome in outcomes if outcome.problems}
    assert not wrong
    assert len(outcomes) == len(file.requests)
