"""The loop: look at a tier, decide, do at most one thing, say what came of it.

Whatever wakes it, it starts from what is there now, so running it twice changes nothing, and killing it anywhere
leaves nothing that the next look could not see.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from vectortier.act.apply import Applied, apply_children
from vectortier.act.decisions import keep_decision
from vectortier.act.effects import Tools
from vectortier.act.events import write_events
from vectortier.act.learned import keep_learned
from vectortier.act.plan import act
from vectortier.act.status import write_status
from vectortier.api.reasons import Reason
from vectortier.api.status import VectorTierStatus
from vectortier.api.vectortier import VectorTierSpec
from vectortier.children.context import TierContext
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.decide.tier import decide
from vectortier.model.load import Load
from vectortier.model.observation import Observation
from vectortier.model.outcome import ActionOutcome
from vectortier.model.plan import BeginOperation, ExtendOperation, Plan
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Database
from vectortier.observe.database import read_database
from vectortier.observe.journal import journal_name, read_journal
from vectortier.observe.load import read_load
from vectortier.observe.look import look
from vectortier.observe.tier import InvalidTierError, TierView, identity_of, read_status, read_tier
from vectortier.observe.workload import is_resizing, present_nodes, present_volume_size, read_workload
from vectortier.ports import Ports
from vectortier.report.events import build_events
from vectortier.report.invalid import build_invalid_status
from vectortier.report.kept import build_kept
from vectortier.report.status import build_status


@dataclass(frozen=True)
class Look:
    """One look at a tier, from what was seen to what came of it."""

    spec: VectorTierSpec
    observed: Observation
    plan: Plan
    outcome: ActionOutcome
    status: VectorTierStatus


async def reconcile(
    namespace: str, name: str, ports: Ports, woken: asyncio.Event, tell: Callable[[Look], None]
) -> float | None:
    """Look at the tier once. Seconds until the next look, or None to forget it. Raises what to try again for."""
    if not ports.leading():
        # Not forgotten: a lease that was renewed late is held again without anybody being told.
        return ports.resync_seconds
    try:
        view = await ports.call(read_tier, ports.kubernetes, ports.pools.requests, namespace, name)
    except InvalidTierError as invalid:
        await ports.call(_refuse, invalid, ports)
        return ports.resync_seconds
    if view is None or view.identity.deleting:
        return None
    # The spec's part first, from Kubernetes alone: a Weaviate that hangs must not keep a change of the spec waiting.
    applied = await ports.call(_apply, view, ports)
    if applied.writes:
        view = await ports.call(read_tier, ports.kubernetes, ports.pools.requests, namespace, name) or view
    observed = await observe(view, ports, woken)
    plan = decide(view.spec, observed, observed.now)
    ports.memory.note(view.identity, plan.learned)
    outcome = _with_refusals(await ports.call(_act, plan, view, observed, ports), applied)
    status = build_status(view.spec, observed, plan, outcome, view.status, observed.now)
    seen = Look(view.spec, observed, plan, outcome, status)
    await ports.call(_report, seen, view, ports)
    tell(seen)
    return _next_look(plan, outcome, ports)


def _report(seen: Look, view: TierView, ports: Ports) -> None:
    """Write what has changed, the status first: an older view of the tier is refused there, and goes no further."""
    before, now = view.status, seen.observed.now
    if write_status(ports.kubernetes, view.raw, before, seen.status):
        write_events(ports.kubernetes, view.raw, build_events(before, seen.status), now)
        if seen.status.decisions[:1] != before.decisions[:1]:
            kept = build_kept(seen.spec, seen.observed, seen.plan)
            keep_decision(ports.kubernetes, seen.observed.tier, kept, ports.term())
    began = seen.outcome.done and isinstance(seen.plan.action, BeginOperation | ExtendOperation)
    keep_learned(ports.kubernetes, view, seen.plan.learned, began, ports.term())


def _refuse(invalid: InvalidTierError, ports: Ports) -> None:
    """Say what is wrong with the spec, and leave what runs as it is."""
    previous = read_status(invalid.raw)
    generation = invalid.raw["metadata"]["generation"]
    status = build_invalid_status(invalid.problems, generation, previous, ports.clock())
    write_status(ports.kubernetes, invalid.raw, previous, status)


def _apply(view: TierView, ports: Ports) -> Applied:
    context = context_of(view, ports)
    return apply_children(ports.kubernetes, view, context, ports.random_bytes, ports.settled)


def context_of(view: TierView, ports: Ports) -> TierContext:
    """What the tier's children are built from."""
    return TierContext(
        namespace=view.identity.namespace,
        name=view.identity.name,
        uid=view.identity.uid,
        spec=view.spec,
        nodes=present_nodes(view),
        copies=view.status.copies or None,
        operator=ports.operator,
        volume_size=present_volume_size(view),
        keep_volumes=is_resizing(view),
    )


async def observe(view: TierView, ports: Ports, woken: asyncio.Event) -> Observation:
    """Everything that a decision about the tier is made from, read now. Raises SupersededError."""
    now, workload = ports.clock(), read_workload(view)

    def database() -> Database | Unknown:
        client = ports.weaviate(view)
        try:
            return read_database(client)
        finally:
            client.close()

    def load() -> Load | Unknown:
        ready = workload.gateway_ready_replicas
        return read_load(ports.prometheus, view.identity, view.spec, now, ready_gateways=ready)

    def changed() -> bool:
        raw = ports.kubernetes.find(kinds.VECTOR_TIER, view.identity.namespace, view.identity.name)
        return raw is None or identity_of(raw) != view.identity

    seen = await look(
        {
            "database": (database, Reason.WEAVIATE_UNREACHABLE),
            "load": (load, Reason.METRICS_UNAVAILABLE),
        },
        ports.pools.looks,
        ports.look_seconds,
        woken,
        lambda: ports.call(changed),
    )
    return Observation(
        now=now,
        tier=view.identity,
        workload=workload,
        database=seen["database"],
        load=seen["load"],
        journal=read_journal(view.find(kinds.CONFIG_MAP, journal_name(view.identity.name))),
        learned=ports.memory.recall(view),
    )


def leader_of(observed: Observation) -> str | None:
    """The node that led Weaviate's cluster when it was looked at; None when that is not known."""
    return None if isinstance(observed.database, Unknown) else observed.database.leader


def _act(plan: Plan, view: TierView, observed: Observation, ports: Ports) -> ActionOutcome:
    identity = view.identity
    tools = Tools(
        kubernetes=ports.kubernetes,
        weaviate=lambda: ports.weaviate(view, leader_of(observed)),
        cluster_port=lambda: ports.cluster_port(view, leader_of(observed)),
        warm=ports.warm,
        background=ports.background,
        wake=lambda: ports.wake(identity.namespace, identity.name),
        term=ports.term(),
        now=ports.clock(),
    )
    return act(plan, view, observed.journal, tools)


def _with_refusals(outcome: ActionOutcome, applied: Applied) -> ActionOutcome:
    if not applied.refusals:
        return outcome
    message = "; ".join(applied.refusals)
    return outcome.model_copy(update={"done": False, "reason": Reason.APPLY_REFUSED, "message": message})


def _next_look(plan: Plan, outcome: ActionOutcome, ports: Ports) -> float:
    """After an action, or after what only has to be seen again, at once: what was seen is out of date. What was
    refused is not asked for again before the regular next look."""
    if outcome.reason == Reason.EPOCH_RAISED or (outcome.action and outcome.done):
        return 0.1
    if outcome.reason in (Reason.STEP_REFUSED, Reason.LOCK_HELD):
        return ports.resync_seconds
    return min(plan.next_check_seconds, ports.resync_seconds)
