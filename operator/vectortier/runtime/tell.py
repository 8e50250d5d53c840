"""Telling what a look came to: metrics and logs."""

import logging

from vectortier.decide.estimate.capacity import copies_needed, utilisation_limit
from vectortier.model.journal import OperationKind
from vectortier.model.load import SloWindow
from vectortier.model.plan import CompleteStep, WarmNode
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Database
from vectortier.reconcile import Look
from vectortier.report.decisions import action_name
from vectortier.report.record import build_record
from vectortier.runtime.metrics import Metrics
from vectortier.runtime.record import Recorder

_log = logging.getLogger("vectortier.decision")

# Unknown is not zero: NaN keeps the series and fails every comparison in an alert.
_NAN = float("nan")


class Teller:
    """Sets the metrics of every look, and logs a decision when it differs from the tier's last one."""

    def __init__(self, metrics: Metrics, recorder: Recorder | None) -> None:
        self._metrics, self._recorder = metrics, recorder
        self._last: dict[tuple[str, str], tuple[str | None, str, str]] = {}

    def forget(self, namespace: str, tier: str) -> None:
        """The tier is gone."""
        self._last.pop((namespace, tier), None)
        self._metrics.forget(namespace, tier)

    def tell(self, look: Look) -> None:
        """Called once for each look at a tier."""
        tier = look.observed.tier
        self._gauges(look)
        self._decided(look)
        self._step(look)
        if self._recorder is not None:
            self._recorder.record(look.spec, look.observed, look.plan)
        action = action_name(look.plan, _operation_kind(look))
        self._metrics.decision_total.labels(tier.namespace, tier.name, action, look.plan.reason).inc()
        said = (look.outcome.action, look.plan.reason, look.outcome.reason)
        changed = self._last.get((tier.namespace, tier.name)) != said
        self._last[tier.namespace, tier.name] = said
        _log.log(
            logging.INFO if changed or look.plan.action else logging.DEBUG,
            look.plan.message,
            extra={
                "namespace": tier.namespace,
                "tier": tier.name,
                "record": build_record(look.observed, look.plan),
                "outcome": look.outcome.model_dump(mode="json", exclude_none=True),
            },
        )

    def _gauges(self, look: Look) -> None:
        tier, own = look.observed.tier, self._metrics
        names = (tier.namespace, tier.name)
        load = look.observed.load
        windows = (load, load) if isinstance(load, Unknown) else (load.short, load.long)
        for name, window in zip(("short", "long"), windows, strict=True):
            fraction = window.bad_fraction if isinstance(window, SloWindow) else None
            requests = window.requests if isinstance(window, SloWindow) else _NAN
            own.slo_bad_fraction.labels(*names, name).set(_NAN if fraction is None else fraction)
            own.slo_requests.labels(*names, name).set(requests)
        own.nodes.labels(*names, "existing").set(look.status.nodes)
        own.nodes.labels(*names, "ready").set(look.status.ready_nodes)
        own.nodes.labels(*names, "serving").set(look.status.serving_nodes)
        database = look.observed.database
        copies = database.copies if isinstance(database, Database) else None
        own.copies.labels(*names).set(_NAN if copies is None else copies)
        for kind in OperationKind:
            own.operation_active.labels(*names, kind).set(_operation_kind(look) == kind)

    def _decided(self, look: Look) -> None:
        """What this look's decision wants and expects."""
        tier, own = look.observed.tier, self._metrics
        names = (tier.namespace, tier.name)
        own.nodes.labels(*names, "desired").set(look.plan.nodes)
        own.copies_wanted.labels(*names).set(look.plan.copies)
        self._learned(look)

    def _learned(self, look: Look) -> None:
        """Demand, and what a copy can do; NaN as long as it is not known."""
        tier, own = look.observed.tier, self._metrics
        names, load, learned = (tier.namespace, tier.name), look.observed.load, look.plan.learned
        promise = look.spec.slo.search.p99_milliseconds / 1000
        cost, limit = learned.capacity.search_cost, utilisation_limit(learned.capacity, promise)
        rate = learned.demand.rates[-1] if learned.demand.rates else None
        writes = None if isinstance(load, Unknown) else load.writes_per_second
        needed = None
        if rate is not None and writes is not None and not isinstance(writes, Unknown):
            needed = copies_needed(learned.capacity, rate, writes, promise)
        own.searches.labels(*names).set(_NAN if rate is None else rate)
        own.copy_searches.labels(*names).set(_NAN if not cost else limit / cost)
        own.copies_needed.labels(*names).set(_NAN if needed is None else needed)

    def _step(self, look: Look) -> None:
        """The time and bytes of a step that this look has found done."""
        action, journal = look.plan.action, look.observed.journal
        if not look.outcome.done or not isinstance(action, CompleteStep | WarmNode) or isinstance(journal, Unknown):
            return
        if (operation := journal.operation) is None:
            return
        step = operation.steps[action.index]
        if step.started_at is not None:
            seconds = look.observed.now - step.started_at
            self._metrics.operation_seconds.labels(operation.kind, step.name).observe(seconds)
        if isinstance(action, CompleteStep) and (moved := action.actual.bytes or step.predicted.bytes):
            tier = look.observed.tier
            self._metrics.moved_bytes.labels(tier.namespace, tier.name).inc(moved)


def _operation_kind(look: Look) -> OperationKind | None:
    """Of the operation that was under way."""
    journal = look.observed.journal
    return None if isinstance(journal, Unknown) or not journal.operation else journal.operation.kind
