"""The queries that read what a tier's Weaviate nodes count themselves. Pure.

Weaviate 1.39 counts the searches of each collection in `queries_durations_ms`, over REST, GraphQL and gRPC, at the node
that a client asked, so that the sum over the nodes counts each search once. It does so only with
PROMETHEUS_MONITORING_GROUP=false; grouped, which is the default here, every collection is called `n/a`. No series tells
the searches of a tenant.

How long searches took it counts in a histogram for each API, with the same fixed bounds in seconds: what a client of
the node waited, without what the gateway added.
"""

from vectortier.children.names import weaviate
from vectortier.gateway.measure import tier_selector

SEARCHES_SERIES = "queries_durations_ms_count"
GRPC_SERIES = "weaviate_grpc_server_request_duration_seconds"
HTTP_SERIES = "weaviate_http_request_duration_seconds"
GRPC_FAILED = ("Unknown", "DeadlineExceeded", "ResourceExhausted", "Aborted", "Internal", "Unavailable", "DataLoss")
"""The codes of gRPC, as Weaviate spells them, that are the server's fault; those of HTTP are 429 and 5xx."""
GROUPED = "n/a"
"""What Weaviate calls every collection while its series are grouped."""
MOST_COLLECTIONS = 20
"""How many collections are read: more than this cannot each take far more than the rest."""


def searches_by_collection(namespace: str, tier: str, window_seconds: int) -> str:
    """Searches per second of the collections that are searched most, with the label `class_name`; empty when the
    series are grouped or are not scraped."""
    selector = f'{tier_selector(namespace, tier)},class_name!="{GROUPED}"'
    rate = f"rate({SEARCHES_SERIES}{{{selector}}}[{window_seconds}s])"
    return f"topk({MOST_COLLECTIONS}, sum by (class_name) ({rate}))"


def searches_by_duration(namespace: str, tier: str, window_seconds: int) -> str:
    """How many answered searches took at most so long, with the label `le` in seconds, over both APIs; empty when no
    node is scraped or none has been searched."""
    return f"sum by (le) ({_answered(namespace, tier, window_seconds)})"


def failed_searches(namespace: str, tier: str, window_seconds: int) -> str:
    """How many searches failed for the server's fault; empty before the first one."""
    grpc, http = _of_searches(namespace, tier)
    grpc, http = f'{grpc},status=~"{"|".join(GRPC_FAILED)}"', f'{http},status_code=~"429|5.."'
    return f"sum({_of_both('increase', 'count', (grpc, http), window_seconds)})"


def writes_per_second(namespace: str, tier: str, window_seconds: int) -> str:
    """Write calls per second over both APIs, a stream of batches being one; empty before the first one."""
    nodes = _nodes(namespace, tier)
    grpc = f'{nodes},grpc_service="weaviate.v1.Weaviate",method=~"Batch.*"'
    http = f'{nodes},route=~"/v1/(batch/)?objects.*",method!~"GET|HEAD"'
    return f"sum({_of_both('rate', 'count', (grpc, http), window_seconds)})"


def late_fraction(namespace: str, tier: str, seconds: float, window_seconds: int) -> str:
    """The share of the answered searches (0..1) that took longer than that; NaN without any. It has to be a bound."""
    in_time, all_of_them = (
        f"sum({_answered(namespace, tier, window_seconds, bound)})"
        for bound in (f',le=~"{seconds:g}([.]0)?"', ',le="+Inf"')
    )
    return f"1 - {in_time} / {all_of_them}"


def scrapes(namespace: str, tier: str) -> str:
    """Whether the last scrape of each node went well (1) or not (0), by pod."""
    return f"min by (pod) (up{{{_nodes(namespace, tier)}}})"


def oldest_sample_seconds(namespace: str, tier: str) -> str:
    """The age of the stalest node's newest sample; empty if there is none."""
    grpc, _ = _of_searches(namespace, tier)
    return f"max(time() - timestamp({GRPC_SERIES}_count{{{grpc}}}))"


def _answered(namespace: str, tier: str, window_seconds: int, bound: str = "") -> str:
    """By how much the buckets of answered searches have grown, of all bounds or of one."""
    grpc, http = _of_searches(namespace, tier)
    labels = (f'{grpc},status="OK"{bound}', f'{http},status_code=~"2.."{bound}')
    return _of_both("increase", "bucket", labels, window_seconds)


def _of_both(function: str, part: str, labels: tuple[str, str], window_seconds: int) -> str:
    """A function of the histograms of both APIs, gRPC's and HTTP's, by the labels of each."""
    grpc, http = labels
    window = f"[{window_seconds}s]"
    return f"{function}({GRPC_SERIES}_{part}{{{grpc}}}{window}) or {function}({HTTP_SERIES}_{part}{{{http}}}{window})"


def _of_searches(namespace: str, tier: str) -> tuple[str, str]:
    """The labels of the two histograms' series that are about searches."""
    nodes = _nodes(namespace, tier)
    return f'{nodes},grpc_service="weaviate.v1.Weaviate",method="Search"', f'{nodes},route="/v1/graphql"'


def _nodes(namespace: str, tier: str) -> str:
    return f'{tier_selector(namespace, tier)},pod=~"{weaviate(tier)}-[0-9]+"'
