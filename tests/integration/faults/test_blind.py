"""Whatever is wrong with Prometheus: nothing is scaled, the tier says why, and it recovers by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.faults.loop import Life
from tests.integration.faults.test_dying_at_every_write import serve_one_node
from tests.integration.rig import TIER, Rig
from vectortier.clients import kubernetes_kinds as kinds


def down(rig: Rig) -> None:
    rig.prometheus.status = 503


def empty(rig: Rig) -> None:
    rig.prometheus.empty = True


def partial(rig: Rig) -> None:
    rig.prometheus.warnings = ["a store did not answer"]


def not_a_number(rig: Rig) -> None:
    rig.prometheus.value = "NaN"


def stale(rig: Rig) -> None:
    for gateway in rig.prometheus.gateways.values():
        gateway.age_seconds = 600.0


@pytest.mark.parametrize(
    ("blind", "reason"),
    [
        (down, "MetricsUnavailable"),
        (empty, "MetricsUnavailable"),
        (partial, "MetricsPartial"),
        (not_a_number, "MetricsInvalid"),
        (stale, "MetricsStale"),
    ],
)
def test_blind_is_not_zero(rig: Rig, blind: Callable[[Rig], None], reason: str) -> None:
    serve_one_node(rig)
    rig.break_slo()
    blind(rig)
    life = Life(rig, epoch=1)
    for _ in range(4):
        look = life.look()
        assert look is not None
        assert look.plan.action is None, look.plan.message
    found = rig.condition("SLOMet")
    assert (found["status"], found["reason"]) == ("Unknown", reason)
    assert rig.get(kinds.STATEFUL_SET, f"{TIER}-weaviate")["spec"]["replicas"] == 1

    rig.prometheus.status, rig.prometheus.empty, rig.prometheus.value, rig.prometheus.warnings = None, False, None, []
    rig.light_load()
    life.until("it recovers by itself", lambda: rig.condition("SLOMet").get("status") == "True")
    life.end()
