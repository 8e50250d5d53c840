"""The queries that read what a tier's Weaviate nodes count themselves. Pure.

Weaviate 1.39 counts the searches of each collection in `queries_durations_ms`, over REST, GraphQL and gRPC, at the node
that a client asked, so that the sum over the nodes counts each search once. It does so only with
PROMETHEUS_MONITORING_GROUP=false; grouped, which is the default here, every collection is called `n/a`. No series tells
the searches of a tenant.
"""

from vectortier.gateway.measure import tier_selector

SEARCHES_SERIES = "queries_durations_ms_count"
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
