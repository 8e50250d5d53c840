"""Weaviate's settings: those the operator relies on, and defaults that a user may change."""

from typing import Any

from vectortier.api.quantity import parse_quantity
from vectortier.api.vectortier import Temperature
from vectortier.children import names
from vectortier.children.context import TierContext
from vectortier.children.pods import from_pod

DATA_PATH = "/var/lib/weaviate"

# The name that Weaviate gives whoever shows the key; it appears in Weaviate's logs.
KEY_HOLDER = "vectortier"

_COPY_CHUNK_BYTES = 64 * 1024


def build_environment(tier: TierContext) -> list[dict[str, Any]]:
    """The environment of Weaviate's container: ours first, then the user's.

    A name occurs once, since a list with the same name twice cannot be server-side applied: the user's value
    replaces a default of ours, and never a setting that the operator relies on.
    """
    fixed = _identity(tier) + _cluster(tier) + _keys(tier) + _observability()
    taken = {variable["name"] for variable in fixed}
    users = {entry.name: entry.value for entry in tier.spec.weaviate.env if entry.name not in taken}
    defaults = [_variable(name, value) for name, value in _defaults(tier).items() if name not in users]
    return fixed + defaults + [_variable(name, value) for name, value in users.items()]


def _variable(name: str, value: str) -> dict[str, Any]:
    return {"name": name, "value": value}


def _identity(tier: TierContext) -> list[dict[str, Any]]:
    return [
        from_pod("CLUSTER_HOSTNAME", "metadata.name"),
        _variable("CLUSTER_JOIN", names.join_host(tier.name, tier.namespace)),
        _variable("PERSISTENCE_DATA_PATH", DATA_PATH),
    ]


def _cluster(tier: TierContext) -> list[dict[str, Any]]:
    return [
        _variable("CLUSTER_GOSSIP_BIND_PORT", str(names.GOSSIP_PORT)),
        _variable("CLUSTER_DATA_BIND_PORT", str(names.DATA_PORT)),
        _variable("RAFT_JOIN", ",".join(tier.voters)),
        _variable("RAFT_BOOTSTRAP_EXPECT", str(len(tier.voters))),
        _variable("REPLICA_MOVEMENT_ENABLED", "true"),
    ]


def _keys(tier: TierContext) -> list[dict[str, Any]]:
    return [
        _variable("AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED", "false"),
        _variable("AUTHENTICATION_APIKEY_ENABLED", "true"),
        _variable("AUTHENTICATION_APIKEY_USERS", KEY_HOLDER),
        _secret(tier, "AUTHENTICATION_APIKEY_ALLOWED_KEYS", "api-key"),
        # Without these two, whoever reaches the data port can remove a node from the cluster.
        _secret(tier, "CLUSTER_BASIC_AUTH_USERNAME", "cluster-username"),
        _secret(tier, "CLUSTER_BASIC_AUTH_PASSWORD", "cluster-password"),
    ]


def _secret(tier: TierContext, name: str, key: str) -> dict[str, Any]:
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": tier.keys_secret, "key": key}}}


def _observability() -> list[dict[str, Any]]:
    return [
        _variable("PROMETHEUS_MONITORING_ENABLED", "true"),
        _variable("PROMETHEUS_MONITORING_PORT", str(names.METRICS_PORT)),
        # The profiling port has no authentication.
        _variable("GO_PROFILING_DISABLE", "true"),
    ]


def _defaults(tier: TierContext) -> dict[str, str]:
    values = {
        "DEFAULT_VECTORIZER_MODULE": "none",
        "DISABLE_TELEMETRY": "true",
        # Grouped: the number of series does not grow with collections and tenants. Ungrouped, Weaviate tells searches
        # by collection, which names a hot one, at the price of several series for each shard and so for each tenant.
        "PROMETHEUS_MONITORING_GROUP": "true",
        # A copy takes no longer so, and far fewer searches are late meanwhile: ADR 6 has the figures.
        "REPLICATION_ENGINE_FILE_COPY_WORKERS": "1",
        "REPLICATION_ENGINE_FILE_COPY_CHUNK_SIZE": str(_COPY_CHUNK_BYTES),
    }
    limits = tier.spec.weaviate.resources.limits
    if limits.memory and parse_quantity(limits.memory) > 0:
        # Weaviate then derives its memory target and its threads from the container's limits.
        values["LIMIT_RESOURCES"] = "true"
    if tier.spec.temperature is Temperature.COLD:
        # Vectors of collections created later take a quarter of the memory.
        values["DEFAULT_QUANTIZATION"] = "rq-8"
    return values
