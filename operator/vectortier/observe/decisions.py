"""Reading the decisions that are kept whole."""

from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import Kubernetes, Object
from vectortier.report.kept import Kept, decode_kept


def decisions_name(tier: str) -> str:
    """The ConfigMap with the tier's last decisions."""
    return f"{tier}-decisions"


def find_decisions(kubernetes: Kubernetes, namespace: str, tier: str) -> Object | None:
    """The ConfigMap; None if nothing was kept yet. Raises KubernetesError."""
    return kubernetes.find(kinds.CONFIG_MAP, namespace, decisions_name(tier))


def read_decisions(kubernetes: Kubernetes, namespace: str, tier: str) -> tuple[Kept, ...]:
    """The kept decisions, the newest first. Raises KubernetesError and UnreadableError."""
    found = find_decisions(kubernetes, namespace, tier)
    return decode_kept((found or {}).get("data") or {})
