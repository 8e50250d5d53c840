"""What the operator itself counts."""

from __future__ import annotations

import re

import requests

from tests.cluster import Cluster
from tests.installation import OPERATOR_NAMESPACE
from tests.objects import list_objects
from tests.tiers import Tier

_SERIES = re.compile(r"^(\w+)\{([^}]*)\} (\S+)$", re.MULTILINE)


def looks(cluster: Cluster, tier: Tier) -> float:
    """How often the running operator has looked at a tier and decided; 0 when no operator answers."""
    labels = (f'tier="{tier.name}"', f'namespace="{tier.namespace}"')
    return sum(
        float(value)
        for name, found, value in _SERIES.findall(_metrics(cluster))
        if name == "vectortier_decision_total" and all(label in found for label in labels)
    )


def _metrics(cluster: Cluster) -> str:
    for pod in list_objects(cluster.kubectl, "pod", OPERATOR_NAMESPACE, "app.kubernetes.io/name=vectortier"):
        address = (pod.get("status") or {}).get("podIP")
        try:
            return requests.get(f"http://{address}:8000/metrics", timeout=5).text
        except requests.RequestException:
            continue  # it is starting, or gone
    return ""
