"""The promises of the demo, and whether a run has kept each. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.demo.checksum import Contents
from tests.demo.lateness import Lateness, as_sent
from tests.demo.phases import BEFORE_AT_LEAST_SECONDS, Phase, Span, is_slow, within
from tests.demo.record import Run
from tests.demo.requestlog import Request
from tests.demo.timeline import Shape

ALLOWED_SLOW_FRACTION = 0.01


@dataclass(frozen=True, slots=True)
class Check:
    """One promise of the demo and whether this run kept it."""

    name: str
    passed: bool
    message: str


def checks(
    run: Run,
    phases: Mapping[str, Phase | None],
    found: Mapping[str, Span | None],
    late: Mapping[str, Lateness | None],
) -> list[Check]:
    """All of them, in the order in which a run comes to them; `found` are the spans of the phases."""
    ended_early = [Check("The run went through to its end", False, run.trouble)] if run.trouble else []
    return [
        *ended_early,
        _broke(phases["before"]),
        _kept(phases["after"]),
        _kept_with_fewer(run, phases["after_scale_in"], found),
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
    return Check(name, kept, f"{_percent(after.slow_fraction)} of searches were late; 1 % is allowed.")


def _kept_with_fewer(run: Run, phase: Phase | None, found: Mapping[str, Span | None]) -> Check:
    """The nodes are those that were seen in the phases: what is said to be gone may be back."""
    name, fell = "Fewer nodes keep it when the load has fallen", run.moments.load_fell
    if fell is None:
        return Check(name, False, "The load did not fall: it never came to that.")
    if run.moments.scaled_in is None:
        return Check(name, False, f"The operator took no node away in the {run.end - fell:.0f} s after the load fell.")
    if phase is None or phase.slow_fraction is None:
        return Check(name, False, "Nodes were taken away, and the time after that was not measured.")
    many, few = _nodes(run.shapes, found["after"]), _nodes(run.shapes, found["after_scale_in"])
    if not many or not few:
        return Check(name, False, "How many nodes there were could not be read.")
    failed = sum(not one.ok for one in run.requests if one.due >= fell)
    kept = phase.slow_fraction <= ALLOWED_SLOW_FRACTION
    message = (
        f"Nodes: {min(many)} before, {max(few)} after; {_percent(phase.slow_fraction)} of searches were late with "
        f"those, 1 % is allowed; {failed:,} failed since the load fell."
    )
    return Check(name, max(few) < min(many) and kept and not failed, message)


def _nodes(shapes: Sequence[Shape], span: Span | None) -> list[int]:
    """The numbers of nodes that were seen in the span; none where it did not take place or nothing could be read."""
    if span is None:
        return []
    return [one.nodes for one in shapes if one.nodes is not None and span.begin <= one.time < span.end]


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
