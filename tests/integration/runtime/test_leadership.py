"""One operator acts at a time, and one that wakes up late is refused."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from tests.integration.rig import TIER, Rig, await_so
from vectortier.act.epoch import raise_epoch
from vectortier.act.journal import write_journal
from vectortier.act.lock import lock_name, take_lock
from vectortier.act.nodes import set_nodes
from vectortier.act.ownership import Term
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import connect
from vectortier.clients.kubernetes_errors import ConflictError, NotLeadingError
from vectortier.model.journal import Journal, Operation, OperationKind
from vectortier.model.plan import SetNodes
from vectortier.observe.journal import journal_name
from vectortier.observe.learned import model_name
from vectortier.observe.tier import TierView, read_tier
from vectortier.runtime.leader import Leadership, LeaseTimes

OLD, NEW = Term(1, "frozen"), Term(1, "quick")
"""The epochs are equal, as after somebody has deleted the leaders' Lease: the terms are not."""
OPERATION = Operation(id="o", kind=OperationKind.SCALE_OUT, why="d", epoch=1, started_at=1.0, steps=())


def leaders(*operators: object) -> int:
    return sum(operator.leads() for operator in operators)  # type: ignore[attr-defined]


def test_of_two_operators_one_leads_and_the_other_takes_over(rig: Rig) -> None:
    first = rig.operator(name="first").await_ready()
    second = rig.operator(name="second").await_ready()
    await_so("one leads", lambda: leaders(first, second) == 1)
    leader, standby = (first, second) if first.leads() else (second, first)
    rig.start_tier()
    await_so("the standby serves endpoints as well", lambda: standby.probe("/readyz") == 200)
    assert "vectortier_api_requests_total" in standby.metrics()
    leader.kill()
    await_so("the standby leads", standby.leads)
    rig.apply_tier(gateway={"replicas": 2})
    await_so("the new leader acts", lambda: rig.get(kinds.DEPLOYMENT, f"{TIER}-gateway")["spec"]["replicas"] == 2)


def test_a_leader_that_is_told_to_stop_hands_over_at_once(rig: Rig) -> None:
    first = rig.operator(name="first").await_ready()
    await_so("it leads", first.leads)
    lease = rig.get(kinds.LEASE, "vectortier-operator")
    assert first.terminate() == 0
    freed = rig.get(kinds.LEASE, "vectortier-operator")
    assert lease["spec"]["holderIdentity"]
    assert not freed["spec"].get("holderIdentity")
    second = rig.operator(name="second").await_ready()
    await_so("the next one leads", second.leads)
    term = rig.get(kinds.LEASE, "vectortier-operator")["spec"]["leaseTransitions"]
    assert term == lease["spec"]["leaseTransitions"] + 1


def test_a_frozen_leader_stands_by_when_it_wakes(rig: Rig) -> None:
    first = rig.operator(name="first").await_ready()
    await_so("it leads", first.leads)
    rig.start_tier()
    await_so("Ready", lambda: rig.condition("Ready").get("status") == "True", 60)
    first.freeze()
    second = rig.operator(name="second").await_ready()
    await_so("the other one leads", second.leads)
    first.thaw()
    await_so("the first one has noticed", lambda: not first.leads())
    assert leaders(first, second) == 1
    assert first.probe("/healthz") == 200


@pytest.fixture
def seen_by_the_old_leader(rig: Rig) -> TierView:
    """What a leader saw just before it froze."""
    operator = rig.operator().await_ready()
    rig.start_tier()
    await_so("Ready", lambda: rig.condition("Ready").get("status") == "True", 60)
    # The first look that finds the tier ready may come before the one that writes what was learned.
    await_so("all that is marked is there", lambda: all(guarded(look(rig))))
    assert operator.terminate() == 0
    return look(rig)


def guarded(view: TierView) -> tuple[object, ...]:
    """What a tier has that a former leader could write to; None if it is not there."""
    maps = (view.find(kinds.CONFIG_MAP, name) for name in (journal_name(TIER), model_name(TIER)))
    return (*maps, view.find(kinds.LEASE, lock_name(TIER)), view.stateful_set)


def look(rig: Rig) -> TierView:
    with ThreadPoolExecutor(8) as pool:
        view = read_tier(rig.admin, pool, rig.namespace, TIER)
    assert view is not None
    return view


def take_over(rig: Rig) -> None:
    """Another leader marks what the former one could write to, with no more than an operator's rights."""
    operator, term = connect(rig.kubeconfig), Term(9, "next")
    await_so("all is marked", lambda: raise_epoch(operator, look(rig), term) == 0)


def test_a_late_write_of_a_former_leader_is_refused(rig: Rig, seen_by_the_old_leader: TierView) -> None:
    old = seen_by_the_old_leader
    assert raise_epoch(rig.admin, look(rig), NEW) == 6, "journal, learned parameters, lock, StatefulSet, pod, claim"
    assert raise_epoch(rig.admin, look(rig), NEW) == 0, "once marked, nothing more is written"
    with pytest.raises(ConflictError):
        set_nodes(rig.admin, old, SetNodes(index=0, nodes=2))
    with pytest.raises(ConflictError):
        write_journal(rig.admin, old, Journal(), OLD)
    with pytest.raises(ConflictError):
        take_lock(rig.admin, old, OPERATION, OLD, 1.0)
    with pytest.raises(ConflictError):
        raise_epoch(rig.admin, old, OLD)
    assert rig.get(kinds.STATEFUL_SET, f"{TIER}-weaviate")["spec"]["replicas"] == 1


def test_a_process_that_does_not_hold_the_lease_does_not_even_try(rig: Rig, seen_by_the_old_leader: TierView) -> None:
    leadership = Leadership(rig.admin, rig.namespace, "another", "me", LeaseTimes.of(3.0))
    fenced = connect(rig.cluster.kubeconfig, may_write=leadership.holds)
    with pytest.raises(NotLeadingError):
        set_nodes(fenced, seen_by_the_old_leader, SetNodes(index=0, nodes=2))
    leadership.step(time.monotonic(), datetime.now(UTC))
    assert set_nodes(fenced, seen_by_the_old_leader, SetNodes(index=0, nodes=2))
