import asyncio
from dataclasses import dataclass

import numpy as np
import pytest

from ranker.errors import InvalidInputError
from ranker.features.snapshots.journals import read_from
from ranker.ranking.formula import Formula
from ranker.serving.breaker import Breaker
from ranker.serving.explain import ScoredBy
from ranker.serving.metrics import Metrics
from ranker.serving.model_server.base import ModelServerError
from ranker.serving.request_clocks import RequestClocks
from ranker.serving.request_store import RequestStore
from ranker.serving.scorer import RankingUnavailableError, Scorer
from ranker.serving.snapshots import SnapshotLog
from ranker.serving.wire import RequestMeta, ScoreRequest


@dataclass
class Batch:
    tier: np.ndarray
    u: np.ndarray
    parts: np.ndarray

    def encode_snapshot(self):
        return b"snapshot of %d" % len(self.tier)


FORMULA = Formula("7", (0.5, 0.5, 0.5), (1.0, 1.0, 0.0, 0.0, 0.0))
PROBABILITIES = (0.0, 0.25, 0.25, 0.5, 0.5, 0.5, 0.5)  # of the tiers; then click, effective play, watch ratio


class Lengths:
    """A pipeline whose tier is the id's length and whose u counts the calls."""

    generation = "g1"
    index = "videos"
    clock_offset_milliseconds = -5

    def __init__(self):
        self.versions = {"mmoe": "1", "formula": "7"}
        self.scored_by = ScoredBy("g1", self.versions, FORMULA)
        self.calls = []
        self.error = None
        self.hold = None

    async def rank(self, request, timeout_seconds):
        self.calls.append(list(request.ids))
        if self.hold:
            await self.hold.wait()
        if self.error:
            raise self.error
        lengths = np.array([len(item) for item in request.ids])
        return Batch(
            lengths.astype(np.uint8),
            np.full(len(lengths), len(self.calls) / 10),
            np.column_stack([np.tile(np.array(PROBABILITIES), (len(lengths), 1)), lengths / 8]).astype(
                np.float32
            ),
        )


def ask(*ids, request_id="r1", query="晴天", explain=False, config=None, stage="shard"):
    meta = RequestMeta(request_id=request_id, query=query, now=1, config=config, stage=stage)
    return ScoreRequest(meta=meta, ids=list(ids), coarse=np.zeros(len(ids), np.float32), explain=explain)


def run(tmp_path, scenario, **options):
    async def whole():
        metrics, pipeline = Metrics(), Lengths()
        log = SnapshotLog(tmp_path, metrics)
        breaker = Breaker(failures_to_open=2, retry_seconds=60)
        store = options.pop("store", None) or RequestStore()
        clocks = RequestClocks()
        scorer = Scorer(lambda name: pipeline, store, log, metrics, breaker, clocks, **options)
        scorer.clocks = clocks
        try:
            return await scenario(scorer, pipeline)
        finally:
            await log.close()

    return asyncio.run(whole())


def test_a_later_page_gets_the_first_answer_and_only_new_candidates_are_scored(tmp_path):
    async def scenario(scorer, pipeline):
        first = await scorer.score(ask("a", "bb"), 1)
        second = await scorer.score(ask("ccc", "bb"), 1)
        return first, second, pipeline.calls

    first, second, calls = run(tmp_path, scenario)
    assert calls == [["a", "bb"], ["ccc"]]
    assert (first.tier.tolist(), first.u.tolist(), first.marks) == ([1, 2], [0.1, 0.1], ["scored"])
    assert (second.tier.tolist(), second.u.tolist(), second.marks) == (
        [3, 2],
        [0.2, 0.1],
        ["stored", "scored"],
    )
    assert (first.stored, second.stored) == (None, [1])
    assert [payload for _, payload in read_from(tmp_path)] == [b"snapshot of 2", b"snapshot of 1"]


def test_parts_come_from_the_answer_that_scored(tmp_path):
    async def scenario(scorer, pipeline):
        await scorer.score(ask("a", "bb"), 1)
        return await scorer.score(ask("bb", explain=True), 1), pipeline.calls

    answer, calls = run(tmp_path, scenario)
    (parts,) = answer.explanation
    assert (parts["score"], parts["tier_name"]) == (1 + 2 + 0.1, "fair_good")
    assert parts["tier_probabilities"] == {"bad": 0, "fair_fair": 0.25, "fair_good": 0.25, "good": 0.5}
    assert parts["predictions"] == {"click": 0.5, "effective_play": 0.5, "watch_ratio": 0.5, "like": 2 / 8}
    assert (parts["versions"], parts["generation"]) == ({"mmoe": "1", "formula": "7"}, "g1")
    assert len(calls) == 1


def test_a_stored_candidate_is_explained_by_what_scored_it(tmp_path):
    async def scenario(scorer, pipeline):
        await scorer.score(ask("a"), 1)
        pipeline.versions = {"mmoe": "2", "formula": "7"}
        pipeline.scored_by = ScoredBy("g2", pipeline.versions, FORMULA)
        return await scorer.score(ask("a", "bb", explain=True), 1)

    stored, new = run(tmp_path, scenario).explanation
    assert (stored["versions"]["mmoe"], stored["generation"]) == ("1", "g1")
    assert (new["versions"]["mmoe"], new["generation"]) == ("2", "g2")


def test_no_candidates_need_no_model(tmp_path):
    async def scenario(scorer, pipeline):
        return await scorer.score(ask(), 1), pipeline.calls

    answer, calls = run(tmp_path, scenario)
    assert (len(answer.tier), calls) == (0, [])


def test_a_silent_model_server_opens_the_breaker(tmp_path):
    async def scenario(scorer, pipeline):
        pipeline.error = ModelServerError("timeout", "no answer within [150] ms")
        reasons = []
        for i in range(3):
            with pytest.raises(RankingUnavailableError) as error:
                await scorer.score(ask("a", request_id=str(i)), 1)
            reasons.append((error.value.cause, str(error.value)))
        return reasons, len(pipeline.calls)

    reasons, calls = run(tmp_path, scenario)
    assert calls == 2
    assert reasons[0] == ("model_server_unavailable", "no answer within [150] ms")
    assert reasons[2] == ("model_server_unavailable", "the model server gave no answer lately")


def test_beyond_the_bound_a_request_is_refused_at_once(tmp_path):
    async def scenario(scorer, pipeline):
        pipeline.hold = asyncio.Event()
        waiting = asyncio.create_task(scorer.score(ask("a"), 1))
        await asyncio.sleep(0)
        with pytest.raises(RankingUnavailableError) as error:
            await scorer.score(ask("a", request_id="r2"), 1)
        pipeline.hold.set()
        await waiting
        return error.value

    error = run(tmp_path, scenario, most_in_flight=1)
    assert (error.cause, str(error)) == ("overloaded", "[1] requests are under way; the bound is [1]")


def test_a_passed_deadline_is_no_failure_of_the_models(tmp_path):
    async def scenario(scorer, pipeline):
        with pytest.raises(RankingUnavailableError) as error:
            await scorer.score(ask("a"), 0)
        return error.value.cause, pipeline.calls

    assert run(tmp_path, scenario) == ("deadline", [])


def test_a_store_that_forgets_while_the_models_run_costs_no_candidate_its_score(tmp_path):
    class Forgetful(RequestStore):
        def keep(self, key, rows):
            self._requests.clear()
            self._candidates = 0
            return super().keep(key, rows)

    async def scenario(scorer, pipeline):
        await scorer.score(ask("a", "bb"), 1)
        return await scorer.score(ask("ccc", "bb", "a"), 1)

    answer = run(tmp_path, scenario, store=Forgetful())
    assert answer.tier.tolist() == [3, 2, 1]
    assert answer.u.tolist() == [0.2, 0.1, 0.1]


def test_a_caller_in_a_hurry_shuts_nobody_else_out(tmp_path):
    async def scenario(scorer, pipeline):
        pipeline.error = ModelServerError("timeout", "no answer within [1] ms")
        causes = []
        for i in range(5):
            with pytest.raises(RankingUnavailableError) as error:
                await scorer.score(ask("a", request_id=str(i)), 0.001)
            causes.append(error.value.cause)
        pipeline.error = None
        return causes, await scorer.score(ask("a"), 1)

    causes, answer = run(tmp_path, scenario)
    assert causes == ["deadline"] * 5
    assert answer.marks == ["scored"]


def test_a_page_after_a_swap_keeps_the_order_of_the_page_before(tmp_path):
    async def scenario(scorer, pipeline):
        await scorer.score(ask("a"), 1)
        pipeline.generation = "g2"
        return await scorer.score(ask("a"), 1)

    answer = run(tmp_path, scenario)
    assert (answer.marks, answer.stored) == (["stored"], None)


def test_an_unknown_configuration_is_refused(tmp_path):
    async def scenario(scorer, pipeline):
        await scorer.score(ask("a", config="7"), 1)
        with pytest.raises(InvalidInputError) as error:
            await scorer.score(ask("a", config="8"), 1)
        return str(error.value), scorer.clocks.offset("r1"), scorer.clocks.offset("r9")

    assert run(tmp_path, scenario) == (
        "config [8] is unknown; leave it out, or name the formula's version [7]",
        -5,
        None,
    )


def test_a_shards_candidates_and_a_global_window_are_apart(tmp_path):
    """The global stage may look at the whole list: its scores are no shard's."""

    async def scenario(scorer, pipeline):
        await scorer.score(ask("a", "bb"), 1)
        first = await scorer.score(ask("a", "bb", stage="global"), 1)
        second = await scorer.score(ask("a", stage="global"), 1)
        return first, second

    first, second = run(tmp_path, scenario)
    assert (first.marks, second.marks) == (["scored"], ["stored"])
