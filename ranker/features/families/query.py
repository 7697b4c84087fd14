"""The query itself: its length, how rare its words are, how often it is asked and clicked."""

from typing import Any, Final

from ranker.features.batch import Batch
from ranker.features.feature import Block, Feature
from ranker.features.priors import Priors
from ranker.features.statistics import CLICKS, EFFECTIVE, EXPECTED
from ranker.features.transforms import log2p1, log2p1_of, log_lift

FEATURES: Final = (
    Feature("query_length", "count", "code points of the query", unit="code points", leak="request"),
    Feature("query_terms", "count", "distinct terms", unit="terms", leak="request"),
    Feature("query_rarest", "real", "largest term weight", unit="idf", leak="request"),
    Feature("query_looks", "count", "looks at results of this query", unit="looks", leak="day"),
    Feature("query_click_lift", "lift", "click rate of this query", leak="day"),
    Feature("query_effective_lift", "lift", "effective plays per click of this query", leak="day"),
)


def _query(batch: Batch, priors: Priors) -> list[Any]:
    query = batch.query
    sums = batch.statistics.tables["of_query"].of(query.key)
    return [
        log2p1_of(query.length),
        log2p1_of(len(query.terms)),
        query.weights.max(initial=0.0),
        log2p1(sums[EXPECTED]),
        log_lift(sums[CLICKS], sums[EXPECTED], *priors.get("of_query", "click")),
        log_lift(sums[EFFECTIVE], sums[CLICKS], *priors.get("of_query", "effective")),
    ]


BLOCKS: Final = (Block("query", FEATURES, _query),)
