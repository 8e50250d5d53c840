"""Nothing is written when nothing has changed."""

from __future__ import annotations

import re
import time

from tests.integration.process import OperatorProcess
from tests.integration.rig import Rig, await_so

_WRITES = re.compile(r'vectortier_api_requests_total\{kind="(\w+)",status="\d+",verb="(POST|PUT|PATCH|DELETE)"\} (\d+)')


def settled(rig: Rig) -> dict[str, str]:
    """The versions of everything, once they have stayed the same for several looks."""
    rig.start_tier()
    await_so("Ready", lambda: rig.condition("Ready").get("status") == "True", 60)
    await_so("SLOMet", lambda: rig.condition("SLOMet").get("status") == "True")
    before = rig.versions()
    while True:
        time.sleep(3.0)
        now = rig.versions()
        if now == before:
            return now
        before = now


def writes(operator: OperatorProcess) -> dict[str, int]:
    """How many write requests the operator has made, by kind, those for the leaders' Lease left out."""
    found = ((kind, int(count)) for kind, _, count in _WRITES.findall(operator.metrics()))
    return {kind: count for kind, count in found if kind != "Lease"}


def looks(operator: OperatorProcess) -> float:
    """How many looks at a tier the operator has taken."""
    pattern = r'vectortier_reconcile_total\{kind="VectorTier",result="success"\} ([\d.]+)'
    found = re.search(pattern, operator.metrics())
    return float(found.group(1)) if found else 0.0


def test_an_idle_tier_causes_no_write(rig: Rig) -> None:
    operator = rig.operator().await_ready()
    before, written, looked = settled(rig), writes(operator), looks(operator)
    await_so("ten more looks", lambda: looks(operator) >= looked + 10, 60)
    assert rig.versions() == before
    assert writes(operator) == written


def test_a_restart_of_the_operator_causes_no_write(rig: Rig) -> None:
    first = rig.operator().await_ready()
    before = settled(rig)
    assert first.terminate() == 0
    second = rig.operator().await_ready()
    await_so("five looks by the new one", lambda: looks(second) >= 5, 60)
    assert writes(second) == {}
    assert rig.versions() == before
