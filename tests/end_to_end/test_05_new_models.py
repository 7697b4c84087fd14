"""Models published while people search: served, taken up, and no search fails or waits."""

import json
import shutil
import threading
import time

from ranker.serving.model_server.models import model_configuration
from ranker.serving.model_server.publish import publish
from ranker.serving.model_server.repository import CARD_FILE, model_versions, version_folder

MODELS = ("query_tower", "relevance", "mmoe")
TAKEN_UP_SECONDS = 60


def publish_again(settings, scratch):
    """The same graphs as of another training, as `encore train` would publish them."""
    for model in MODELS:
        newest = model_versions(settings.model_repo, model)[-1]
        shutil.copytree(version_folder(settings.model_repo, model, newest), scratch / model)
        card = json.loads((scratch / model / CARD_FILE).read_text())
        (scratch / model / CARD_FILE).write_text(json.dumps(card | {"key": "another"}))
    return {
        model: str(publish(settings.model_repo, model_configuration(model), scratch / model))
        for model in MODELS
    }


def answering(stack):
    """Model versions of each generation that the ranker holds."""
    held = stack.ranker.get("/v1/generations").json()["generations"]
    return [{model: one["versions"][model] for model in MODELS} for one in held]


class Searcher(threading.Thread):
    """Searches one after the other until told to stop."""

    def __init__(self, engine):
        super().__init__(daemon=True)
        self.engine = engine
        self.enough = threading.Event()
        self.answers = []

    def run(self):
        body = {
            "query": {"match": {"title": "晴天"}},
            "rescore": {"window_size": 100, "fine_rank": {"query": "晴天"}},
        }
        while not self.enough.wait(0.02):
            answer = self.engine.post("/videos/_search", json=body)
            self.answers.append((answer.status_code, answer.headers.get("x-encore-degraded")))


def test_published_models_are_taken_up_without_a_failed_search(stack, tmp_path):
    searcher = Searcher(stack.engine)
    searcher.start()
    try:
        published = publish_again(stack.settings, tmp_path)
        deadline = time.monotonic() + TAKEN_UP_SECONDS
        while answering(stack) != [published] and time.monotonic() < deadline:
            time.sleep(0.1)
        assert answering(stack) == [published]
        count = len(searcher.answers)
        while len(searcher.answers) < count + 10 and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        searcher.enough.set()
        searcher.join(30)
    assert len(searcher.answers) > 10
    assert {status for status, _ in searcher.answers} == {200}
    degraded = [cause for _, cause in searcher.answers if cause]
    assert "model_server_unavailable" not in degraded
    assert len(degraded) <= 0.02 * len(searcher.answers), degraded  # a busy machine may miss a deadline
