"""What a gateway needs to know before its configuration can be built."""

from __future__ import annotations

from dataclasses import dataclass, field

REST_PORT = 8080
GRPC_PORT = 50051
STATS_PORT = 9902
ADMIN_PORT = 9901

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How many requests may be in flight at once, per gateway pod; more are answered at once as overload.

    `searches` is how long a queue an overload may build before searches are refused: the gateway keeps about 30 kB for
    each that waits, and a search that waited long is late, but a refused one has failed. At some hundred searches a
    second per node, a few seconds of overload are a thousand waiting searches, and a scale-out takes minutes.

    `searches_per_node` bounds what each Weaviate node is given at once, per thread of Envoy; more wait in the gateway.
    A node that is given thousands at once answers fewer of them per second, and no question of the operator's.
    """

    searches: int = 4096
    searches_per_node: int = 16
    writes: int = 256
    streams: int = 256
    administration: int = 128


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a call may take before the gateway ends it (seconds). Streams have no limit."""

    connect_milliseconds: int = 300
    searches: int = 30
    writes: int = 90
    administration: int = 300


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """Everything Envoy's configuration depends on; a change of any field restarts Envoy.

    `xds_address` is host:port of the operator's endpoint discovery. `stats_address` and the other listeners bind
    to `bind_address`; the admin interface binds to the loopback only, always.
    """

    namespace: str
    tier: str
    slo_milliseconds: int
    xds_address: str
    limits: Limits = field(default_factory=Limits)
    timeouts: Timeouts = field(default_factory=Timeouts)
    bind_address: str = "0.0.0.0"  # noqa: S104 - a pod's listeners are for other pods
    rest_port: int = REST_PORT
    grpc_port: int = GRPC_PORT
    stats_port: int = STATS_PORT
    admin_port: int = ADMIN_PORT
    xds_refresh_milliseconds: int = 500
    max_downstream_connections: int = 10_000

    def __post_init__(self) -> None:
        if self.slo_milliseconds < 1:
            raise ValueError(f"slo_milliseconds is {self.slo_milliseconds}; it has to be at least 1")
        if self.slo_milliseconds >= self.timeouts.searches * 1000:
            raise ValueError(
                f"slo_milliseconds is {self.slo_milliseconds}; it has to be below the searches' time limit, "
                f"{self.timeouts.searches} s"
            )
        host, colon, port = self.xds_address.rpartition(":")
        if not (host and colon and port.isdigit()):
            raise ValueError(f"xds_address is {self.xds_address!r}; it has to be host:port")

    @property
    def node_cluster(self) -> str:
        """The name by which a discovery request says which tier it is for: namespace/name."""
        return f"{self.namespace}/{self.tier}"

    @property
    def xds_host_and_port(self) -> tuple[str, int]:
        host, _, port = self.xds_address.rpartition(":")
        return host, int(port)
