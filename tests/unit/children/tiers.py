"""Tiers for the tests of their children."""

from typing import Any

from vectortier.api.vectortier import VectorTierSpec
from vectortier.children.context import OperatorSettings, TierContext

OPERATOR = OperatorSettings(
    image="vectortier/operator:0.1.0",
    namespace="vectortier-system",
    xds_address="vectortier-xds.vectortier-system.svc:18000",
)

PROMISE = {"search": {"p99Milliseconds": 250}}


def tier(
    spec: dict[str, Any] | None = None,
    *,
    name: str = "tickets",
    namespace: str = "search",
    uid: str = "11111111-2222-3333-4444-555555555555",
    nodes: int = 1,
    copies: int | None = 1,
) -> TierContext:
    """A tier with these fields of its spec, written as a user writes them."""
    return TierContext(
        namespace=namespace,
        name=name,
        uid=uid,
        spec=VectorTierSpec.model_validate({"slo": PROMISE, **(spec or {})}),
        nodes=nodes,
        copies=copies,
        operator=OPERATOR,
    )


def named(children: tuple[dict[str, Any], ...], kind: str, name: str) -> dict[str, Any]:
    """The one child of this kind and name."""
    [found] = [child for child in children if child["kind"] == kind and child["metadata"]["name"] == name]
    return found


def pod_templates(children: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    """The pod templates of all workloads."""
    return [child["spec"]["template"] for child in children if "template" in child.get("spec", {})]
