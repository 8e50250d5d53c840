"""The demo's report: what was measured, and whether that is what was promised. Pure; the format is `report.json`'s."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.demo.checksum import Contents
from tests.demo.lateness import Lateness, as_sent, lateness
from tests.demo.phases import BEFORE_AT_LEAST_SECONDS, Moments, Phase, Span, figures, is_slow, spans, within
from tests.demo.requestlog import Request
from tests.demo.timeline import Shape, rows

ALLOWED_SLOW_FRACTION = 0.01


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that the operator decided, at `t` seconds of the run."""

    t: float
    action: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the demo and how long it took; `cached` where its result was there already."""

    name: str
    seconds: float
    cached: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that a run has recorded. Times are seconds since the load began."""

    slo_milliseconds: int
    seed: int
    offered_qps: float | None
    one_copy_capacity_qps: float | None
    end: float
    requests: Sequence[Request]
    moments: Moments
    shapes: Sequence[Shape] = ()
    retries: Sequence[tuple[float, float]] = ()
    decisions: Sequence[Decision] = ()
    before: Contents | None = None
    after: Contents | None = None
    steps: Sequence[Step] = ()
    damping: Mapping[str, Any] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    stalls: Sequence[float] = ()
    trouble: str = ""
    """Why the run ended early; empty where it did not."""


@dataclass(frozen=True, slots=True)
class Check:
    """One promise of the demo and whether this run kept it."""

    name: str
    passed: bool
    message: str


def report(run: Run) -> dict[str, Any]:
    """The report. A phase that did not take place is null, and so is each figure that is not known."""
    found = spans(run.moments, run.end)
    phases = {
        name: figures(run.requests, span, run.slo_milliseconds, run.retries) if span else None
        for name, span in found.items()
    }
    late = {name: lateness(within(run.requests, span)) for name, span in found.items() if span}
    checks = _checks(run, phases, found, late)
    return {
        "slo_milliseconds": run.slo_milliseconds,
        "seed": run.seed,
        "offered_qps": _rounded(run.offered_qps),
        "one_copy_capacity_qps": _rounded(run.one_copy_capacity_qps),
        "phases": {name: phase.as_json() if phase else None for name, phase in phases.items()},
        "timeline": [row.as_json() for row in rows(run.requests, run.shapes, run.end, run.slo_milliseconds)],
        "decisions": [asdict(decision) for decision in run.decisions],
        "documents": {
            "before": run.before.documents if run.before else None,
            "after": run.after.documents if run.after else None,
            "checksum_before": run.before.checksum if run.before else None,
            "checksum_after": run.after.checksum if run.after else None,
        },
        "steps": [asdict(step) for step in run.steps],
        "damping": dict(run.damping),
        "stalls": list(run.stalls),
        "spans": {name: asdict(span) if span else None for name, span in found.items()},
        "generator": {name: asdict(one) if one else None for name, one in late.items()},
        "verdict": {"passed": all(check.passed for check in checks), "checks": [asdict(check) for check in checks]},
        **run.about,
    }


def _checks(
    run: Run,
    phases: Mapping[str, Phase | None],
    found: Mapping[str, Span | None],
    late: Mapping[str, Lateness | None],
) -> list[Check]:
    ended_early = [Check("The run went through to its end", False, run.trouble)] if run.trouble else []
    return [
        *ended_early,
        _broke(phases["before"]),
        _kept(phases["after"]),
        _answered(run.requests),
        _unchanged(run.before, run.after),
        _not_the_generator(run, found["before"], late),
    ]


def _broke(before: Phase | None) -> Check:
    name = "One copy could not keep the promise"
    if before is None or before.slow_fraction is None:
        return Check(name, False, "The operator did not act, so there is no phase before.")
    message = f"{_percent(before.slow_fraction)} of searches were late for {before.seconds:.0f} s"
    if before.seconds < BEFORE_AT_LEAST_SECONDS:
        return Check(name, False, f"{message}, which is too short: {BEFORE_AT_LEAST_SECONDS:.0f} s are needed.")
    return Check(name, before.slow_fraction > ALLOWED_SLOW_FRACTION, f"{message}; 1 % is allowed.")


def _kept(after: Phase | None) -> Check:
    name = "The same load keeps it afterwards"
    if after is None or after.slow_fraction is None:
        return Check(name, False, "The copies were not all in service long enough to tell.")
    kept = after.slow_fraction <= ALLOWED_SLOW_FRACTION
    return Check(name, kept, f"{_percent(after.slow_fraction)} of searches are late; 1 % is allowed.")


def _answered(requests: Sequence[Request]) -> Check:
    failed = sum(not one.ok for one in requests)
    message = f"{failed:,} of {len(requests):,} searches failed, from the first to the last of the run."
    return Check("No search failed", bool(requests) and not failed, message)


def _unchanged(before: Contents | None, after: Contents | None) -> Check:
    name = "Every document is still there"
    if before is None or after is None:
        return Check(name, False, "The documents were not read both before and after.")
    if before == after:
        return Check(name, True, f"{after.documents:,} documents, the same checksum before and after.")
    return Check(name, False, f"{before.documents:,} documents before, {after.documents:,} after; checksums differ.")


def _not_the_generator(run: Run, before: Span | None, late: Mapping[str, Lateness | None]) -> Check:
    """Lateness of the generator counts as latency, so it can only spoil the phase that has to be slow."""
    name = "It was the database that was slow"
    known = {phase: one for phase, one in late.items() if one}
    if before is None or not known:
        return Check(name, False, "Nothing was measured before the operator acted.")
    worst = max(known, key=lambda phase: known[phase].p99_ms)
    left = [is_slow(one, run.slo_milliseconds) for one in as_sent(within(run.requests, before))]
    share = sum(left) / len(left) if left else 0.0
    message = (
        f"The load generator sent 99 % of searches within {known[worst].p99_ms:.1f} ms of their time at worst "
        f"({_spoken(worst)}); counted from when they were sent, {_percent(share)} were late before."
    )
    return Check(name, share > ALLOWED_SLOW_FRACTION, message)


def _spoken(phase: str) -> str:
    return phase.replace("_", " ")


def _percent(fraction: float) -> str:
    return f"{fraction * 100:.2g} %" if fraction < 0.1 else f"{fraction * 100:.0f} %"


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 1)
