import httpx

from ranker.engine.index.warm_up import warm_up, warm_up_all
from ranker.settings import Settings


class Engine:
    """Its first answers are degraded."""

    def __init__(self, degraded=0, videos=1):
        self.degraded = degraded
        self.videos = videos
        self.asked = []

    def call(self, method, path, body=None, parameters=None):
        hits = [{"_source": {"title": "晴天 现场"}}] * self.videos
        return {"hits": {"hits": hits}}

    def exchange(self, method, path, body=None, parameters=None):
        self.asked.append((path, body["query"]["encore"]["text"], body["rescore"]["fine_rank"]["query"]))
        cold = len(self.asked) <= self.degraded
        return httpx.Response(200, headers={"X-Encore-Degraded": "timeout"} if cold else {})


def test_it_searches_for_a_title_until_the_answer_is_fine():
    engine = Engine(degraded=2)
    assert warm_up(engine, "videos")
    assert engine.asked == [("/videos/_search", "晴天 现场", "晴天 现场")] * 3


def test_an_empty_index_needs_none():
    engine = Engine(videos=0)
    assert warm_up(engine, "videos")
    assert engine.asked == []


def test_it_gives_up_after_five_seconds():
    times = iter([0.0, 2.0, 5.0, 5.1])
    engine = Engine(degraded=99)
    assert not warm_up(engine, "videos", clock=lambda: next(times))
    assert len(engine.asked) == 3


def test_where_nothing_runs_it_does_nothing(tmp_path):
    settings = Settings(data=tmp_path)
    settings.generations.mkdir(parents=True)
    (settings.generations / "videos.history.json").write_text("[]")
    warm_up_all(settings)
