"""What Prometheus knows of a tier."""

from vectortier.model.value import Unknown, Value

BUDGET = 0.01
"""The share of requests that may be bad: the promise is about the 99th percentile."""


class SloWindow(Value):
    """Searches in one window. Counts are increases of counters and therefore not always whole numbers."""

    seconds: int
    requests: float
    """Requests that count."""
    bad: float
    """Those of them that were late, failed or were shed."""
    bad_at_most: float | None = None
    """Where only the bounds of a histogram are known: `bad` is what was certainly bad, this what may have been. None:
    `bad` is exact."""
    between_milliseconds: tuple[float | None, float | None] | None = None
    """Those of the histogram's bounds that the promise lies between, or twice the one that it is; None on a side where
    there is none."""
    age_seconds: float
    """How old the newest sample is."""

    @property
    def bad_fraction(self) -> float | None:
        """The share of bad requests, 0..1; None without requests."""
        return self.bad / self.requests if self.requests > 0 else None

    @property
    def bad_fraction_at_most(self) -> float | None:
        """The share that may have been bad, 0..1; None without requests."""
        most = self.bad if self.bad_at_most is None else self.bad_at_most
        return most / self.requests if self.requests > 0 else None


class Utilisation(Value):
    """How much of a limit a node uses, 0..1."""

    node: str
    fraction: float


class Instant(Value):
    """The last scrape interval alone: what a forecast starts from, where windows would lag behind."""

    queries_per_second: float
    """Searches that came, whether or not they were answered: an overload shows in them at once."""
    bad_fraction: float | None = None
    """Of those that count, 0..1; None without any."""


class CollectionLoad(Value):
    """How often one collection is searched. Searches of all its tenants count as the collection's."""

    name: str
    searches_per_second: float


class Load(Value):
    """The tier's load and latency. A part that could not be had is Unknown, with its reason."""

    short: SloWindow | Unknown
    long: SloWindow | Unknown
    queries_per_second: float | Unknown
    writes_per_second: float | Unknown
    instant: Instant | None = None
    """None: not known; then the short window stands for it."""
    p50_milliseconds: float | None = None
    p99_milliseconds: float | None = None
    missed_seconds: float | Unknown = 0.0
    """For how long, up to now and without a break, the short window has been over the budget."""
    cpu: tuple[Utilisation, ...] | Unknown = ()
    """Empty: there is no limit to relate it to. The same holds for memory."""
    cpu_seconds: float = 15.0
    """Over how long, up to now, `cpu` is a mean."""
    memory: tuple[Utilisation, ...] | Unknown = ()
    disk: tuple[Utilisation, ...] | Unknown = ()
    """Empty: the kind of volume does not report how full it is (hostPath, for one). Unknown: it should have."""
    volume_bytes: tuple[tuple[str, float], ...] = ()
    """Bytes used on each node's volume, for predictions."""
    collections: tuple[CollectionLoad, ...] | Unknown = ()
    """The collections that are searched most. Empty: Weaviate does not tell them apart, as is its default here."""
