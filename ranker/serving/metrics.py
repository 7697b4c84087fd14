"""What the ranker counts, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_MILLISECONDS = (0.5, 1, 2, 3, 5, 7.5, 10, 15, 25, 50, 100, 150, 300, 1000)


class Metrics:
    """One registry a process; durations are seconds, as Prometheus has them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        buckets = tuple(value / 1000 for value in _MILLISECONDS)
        self.requests = Counter(
            "encore_requests", "Requests by route and status.", ("route", "status"), registry=self.registry
        )
        self.score_seconds = Histogram(
            "encore_score_seconds", "Time to answer a score request.", buckets=buckets, registry=self.registry
        )
        self.understand_seconds = Histogram(
            "encore_understand_seconds",
            "Time to answer an understand request.",
            buckets=buckets,
            registry=self.registry,
        )
        self.plans = Counter(
            "encore_plans", "Plans by whether they were made or kept.", ("how",), registry=self.registry
        )
        self.vectors = Counter(
            "encore_query_vectors",
            "Query vectors: computed, kept, late, refused for want of room, or without an encoder.",
            ("how",),
            registry=self.registry,
        )
        self.understand_failures = Counter(
            "encore_understand_failures",
            "Understand requests not answered, by cause.",
            ("cause",),
            registry=self.registry,
        )
        self.stage_seconds = Histogram(
            "encore_stage_seconds",
            "Time in one stage of scoring.",
            ("stage",),
            buckets=buckets,
            registry=self.registry,
        )
        self.candidates = Counter(
            "encore_candidates", "Candidates by how they were answered.", ("how",), registry=self.registry
        )
        self.failures = Counter(
            "encore_score_failures",
            "Score requests not answered, by cause.",
            ("cause",),
            registry=self.registry,
        )
        self.snapshots = Counter(
            "encore_snapshots", "Snapshots written or dropped.", ("outcome",), registry=self.registry
        )
        self.events = Counter(
            "encore_events", "Events accepted, duplicate or refused.", ("outcome",), registry=self.registry
        )
        self.online_reads = Counter(
            "encore_online_reads",
            "Reads of counters: read, timeout, unavailable, or spared after failures.",
            ("how",),
            registry=self.registry,
        )
        self.online_lag = Gauge(
            "encore_online_lag_seconds",
            "How long the oldest accepted event that isn't counted has been waiting.",
            registry=self.registry,
        )
        self.online_seconds = Histogram(
            "encore_online_seconds",
            "Time from an event's fsync to its being counted.",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60),
            registry=self.registry,
        )
        self.online_position = Gauge(
            "encore_online_position", "Position of the event log that is counted.", registry=self.registry
        )
        self.in_flight = Gauge("encore_scores_in_flight", "Score requests under way.", registry=self.registry)

    def exposition(self) -> bytes:
        """The text that a Prometheus server scrapes."""
        return generate_latest(self.registry)
