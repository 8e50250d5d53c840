"""The queries (PromQL) that read what the gateways of a tier have counted.

A window has to hold at least two scrapes, or the answer is empty; empty and NaN mean unknown, never zero. Restarts of
a gateway are no jump, and several gateways add up: each series is turned into an increase before the sum.
"""

from __future__ import annotations

from vectortier.gateway import names
from vectortier.gateway.measuring import SCOPE, SEARCH_MILLISECONDS, SEARCHES
from vectortier.gateway.outcomes import NOT_BAD, NOT_COUNTED, Outcome

SEARCHES_SERIES = f"envoy_{SCOPE}_{SEARCHES}"
LATENCY_SERIES = f"envoy_{SCOPE}_{SEARCH_MILLISECONDS}_bucket"
RETRIES_SERIES = "envoy_cluster_upstream_rq_retry"
REQUESTS_SERIES = "envoy_cluster_upstream_rq_total"
ARRIVALS_SERIES = "envoy_http_downstream_rq_total"
TURNED_AWAY_SERIES = "envoy_cluster_upstream_rq_pending_overflow"
SENT_BYTES_SERIES = "envoy_cluster_upstream_cx_tx_bytes_total"
# Envoy takes "weaviate" and "v1" of the service's name for labels; the rest stays in the name of the series.
MESSAGES_SERIES = "envoy_cluster_grpc_Weaviate_BatchStream_request_message_count"

_WRITE_CLUSTERS = (names.WRITES_GRPC, names.WRITES_REST)
_OTHER_CLUSTERS = tuple(name for name in names.CLUSTERS if name not in names.SEARCH_ROUTES)


def tier_selector(namespace: str, tier: str) -> str:
    """The labels that Prometheus gives to the series of a tier's gateways."""
    return f'namespace="{_escaped(namespace)}",tier="{_escaped(tier)}"'


def counted_requests(selector: str, window_seconds: int) -> str:
    """How many searches count in the SLI of the window."""
    return _searches(selector, f'outcome!~"{_any_of(NOT_COUNTED)}"', window_seconds)


def bad_requests(selector: str, window_seconds: int) -> str:
    """How many of those that count were bad: late, failed, shed, or anything not known to be good."""
    return _searches(selector, f'outcome!~"{_any_of(NOT_BAD)}"', window_seconds)


def bad_fraction(selector: str, window_seconds: int) -> str:
    """The share of bad requests, 0 to 1; NaN if none counted."""
    return f"{bad_requests(selector, window_seconds)} / {counted_requests(selector, window_seconds)}"


def requests_by_outcome(selector: str, window_seconds: int) -> str:
    """How many searches ended in each outcome, with the label `outcome`."""
    return f"sum by (outcome) (increase({SEARCHES_SERIES}{{{selector}}}[{window_seconds}s]))"


def searches_per_second(selector: str, window_seconds: int) -> str:
    """Searches that ended per second, whatever their outcome: the load that clients offer."""
    return f"sum(rate({SEARCHES_SERIES}{{{selector}}}[{window_seconds}s]))"


def latest_arrivals_per_second(selector: str, window_seconds: int) -> str:
    """Searches that came per second between the last two scrapes, which must lie in the window, with the other reads
    that go the same way: also those that wait in the gateway, have not ended or were turned away.

    Envoy counts all requests as they come, and by cluster when they are sent on: what goes to other clusters is no
    search. Writes that wait in the gateway count among the searches until they are sent on; few may.
    """
    window, others = f"[{window_seconds}s]", _clusters(_OTHER_CLUSTERS)
    came = f"sum(irate({ARRIVALS_SERIES}{{{selector}}}{window}))"
    sent = f"sum(irate({REQUESTS_SERIES}{{{selector},{others}}}{window}))"
    turned_away = f"sum(irate({TURNED_AWAY_SERIES}{{{selector},{others}}}{window}))"
    return f"clamp_min({came} - {sent} - {turned_away}, 0)"


def latest_bad_fraction(selector: str, window_seconds: int) -> str:
    """The share of bad requests between the last two scrapes, 0 to 1; NaN if none counted."""
    bad, counted = (
        f'sum(irate({SEARCHES_SERIES}{{{selector},outcome!~"{_any_of(outcomes)}"}}[{window_seconds}s]))'
        for outcomes in (NOT_BAD, NOT_COUNTED)
    )
    return f"{bad} / {counted}"


def latency_milliseconds(selector: str, quantile: float, window_seconds: int) -> str:
    """An estimate of a quantile (0 to 1) of the time that clients waited, timeouts included.

    Interpolated between bucket bounds; exact only where a bound lies, as it does at the SLO.
    """
    buckets = f"sum by (le) (rate({LATENCY_SERIES}{{{selector}}}[{window_seconds}s]))"
    return f"histogram_quantile({quantile:g}, {buckets})"


def retries(selector: str, window_seconds: int) -> str:
    """How many requests the gateways sent again, of all kinds of work. Only failed connects are."""
    return f"sum(increase({RETRIES_SERIES}{{{selector},{_clusters(names.CLUSTERS)}}}[{window_seconds}s]))"


def writes_per_second(selector: str, window_seconds: int) -> str:
    """Write calls per second; of a stream of batches each message is one.

    The messages of streams are counted from the first stream on, so their absence is zero as long as the cluster's
    own counter, which is there from the start, is present.
    """
    window = f"[{window_seconds}s]"
    calls = f"sum(rate({REQUESTS_SERIES}{{{selector},{_clusters(_WRITE_CLUSTERS)}}}{window}))"
    messages = f"sum(rate({MESSAGES_SERIES}{{{selector},{_clusters((names.STREAMS,))}}}{window}))"
    none = f"0 * sum(rate({REQUESTS_SERIES}{{{selector},{_clusters((names.STREAMS,))}}}{window}))"
    return f"{calls} + ({messages} or {none})"


def write_bytes_per_second(selector: str, window_seconds: int) -> str:
    """Bytes per second that the gateways send to the nodes as writes."""
    clusters = _clusters((*_WRITE_CLUSTERS, names.STREAMS))
    return f"sum(rate({SENT_BYTES_SERIES}{{{selector},{clusters}}}[{window_seconds}s]))"


def gateways_seen(selector: str) -> str:
    """How many gateway pods have a current sample; empty if none."""
    return f'count({SEARCHES_SERIES}{{{selector},route="{names.SEARCHES_GRPC}",outcome="{Outcome.GOOD}"}})'


def oldest_sample_seconds(selector: str) -> str:
    """The age of the stalest gateway's newest sample, in seconds; empty if there is none."""
    return f"max(time() - timestamp({SEARCHES_SERIES}{{{selector}}}))"


def _searches(selector: str, outcomes: str, window_seconds: int) -> str:
    return f"sum(increase({SEARCHES_SERIES}{{{selector},{outcomes}}}[{window_seconds}s]))"


def _any_of(outcomes: tuple[Outcome, ...]) -> str:
    return "|".join(outcomes)


def _clusters(clusters: tuple[str, ...]) -> str:
    return f'envoy_cluster_name=~"{"|".join(clusters)}"'


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
