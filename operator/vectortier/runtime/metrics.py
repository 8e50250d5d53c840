"""The operator's own metrics, by the names that dashboards and alerts rely on."""

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_SLOW = (1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)


@dataclass
class Metrics:
    """All series of one operator, in a registry of their own so that each test has its own."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        """Register every series once."""
        own = self.registry
        tier = ("namespace", "tier")
        self.reconcile_total = Counter(
            "vectortier_reconcile_total", "Looks at an object.", ("kind", "result"), registry=own
        )
        self.reconcile_seconds = Histogram(
            "vectortier_reconcile_seconds", "How long a look took.", ("kind",), buckets=_FAST, registry=own
        )
        self.queue_depth = Gauge("vectortier_queue_depth", "Objects that wait for a worker.", registry=own)
        self.queue_wait = Histogram(
            "vectortier_queue_wait_seconds", "How long objects waited for a worker.", buckets=_FAST, registry=own
        )
        self.leader = Gauge("vectortier_leader", "1 while this process leads.", registry=own)
        self.api_requests = Counter(
            "vectortier_api_requests_total",
            "Requests to the Kubernetes API; status 0 had no answer.",
            ("verb", "kind", "status"),
            registry=own,
        )
        self.slo_bad_fraction = Gauge(
            "vectortier_slo_bad_fraction", "Share of bad searches, 0 to 1.", (*tier, "window"), registry=own
        )
        self.slo_requests = Gauge(
            "vectortier_slo_requests", "Searches that count, in the window.", (*tier, "window"), registry=own
        )
        self.nodes = Gauge("vectortier_nodes", "Weaviate nodes.", (*tier, "state"), registry=own)
        self.copies = Gauge("vectortier_copies", "Least number of copies over all shards.", tier, registry=own)
        self.copies_wanted = Gauge("vectortier_copies_wanted", "Copies that were decided on.", tier, registry=own)
        self.searches = Gauge(
            "vectortier_searches_per_second", "Searches that come, as decisions see them.", tier, registry=own
        )
        self.copy_searches = Gauge(
            "vectortier_copy_searches_per_second", "Searches that one copy can answer, as learned.", tier, registry=own
        )
        self.copies_needed = Gauge(
            "vectortier_copies_needed", "Copies that the searches and writes of now need.", tier, registry=own
        )
        self.decision_total = Counter(
            "vectortier_decision_total", "Decisions, holds included.", (*tier, "action", "reason"), registry=own
        )
        self.operation_active = Gauge(
            "vectortier_operation_active", "1 while an operation is in flight.", (*tier, "kind"), registry=own
        )
        self.operation_seconds = Histogram(
            "vectortier_operation_seconds", "How long a step took.", ("kind", "step"), buckets=_SLOW, registry=own
        )
        self.moved_bytes = Counter("vectortier_moved_bytes_total", "Bytes copied between nodes.", tier, registry=own)

    def reconciled(self, kind: str, result: str, seconds: float) -> None:
        """Count one look at an object."""
        self.reconcile_total.labels(kind, result).inc()
        self.reconcile_seconds.labels(kind).observe(seconds)

    def requested(self, verb: str, kind: str, status: int) -> None:
        """Count one request to the Kubernetes API."""
        self.api_requests.labels(verb, kind, str(status)).inc()

    def forget(self, namespace: str, tier: str) -> None:
        """Drop the series of a tier that is gone, so that it does not look frozen."""
        own = (
            self.slo_bad_fraction,
            self.slo_requests,
            self.nodes,
            self.copies,
            self.copies_wanted,
            self.searches,
            self.copy_searches,
            self.copies_needed,
            self.decision_total,
            self.operation_active,
            self.moved_bytes,
        )
        for series in own:
            series.remove_by_labels({"namespace": namespace, "tier": tier})
