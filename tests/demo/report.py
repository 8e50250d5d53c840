"""The demo's report: what was measured, and whether that is what was promised. Pure; the format is `report.json`'s."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from tests.demo.checks import checks
from tests.demo.lateness import lateness
from tests.demo.phases import figures, spans, within
from tests.demo.record import Run
from tests.demo.timeline import rows


def report(run: Run) -> dict[str, Any]:
    """The report. A phase that did not take place is null, and so is each figure that is not known."""
    found = spans(run.moments, run.end)
    phases = {
        name: figures(run.requests, span, run.slo_milliseconds, run.retries) if span else None
        for name, span in found.items()
    }
    late = {name: lateness(within(run.requests, span)) for name, span in found.items() if span}
    made = checks(run, phases, found, late)
    return {
        "slo_milliseconds": run.slo_milliseconds,
        "seed": run.seed,
        "offered_qps": _rounded(run.offered_qps),
        "low_qps": _rounded(run.low_qps),
        "one_copy_capacity_qps": _rounded(run.one_copy_capacity_qps),
        "phases": {name: phase.as_json() if phase else None for name, phase in phases.items()},
        "searches": {"sent": len(run.requests), "failed": sum(not one.ok for one in run.requests)},
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
        "moments": asdict(run.moments),
        "generator": {name: asdict(one) if one else None for name, one in late.items()},
        "verdict": {"passed": all(check.passed for check in made), "checks": [asdict(check) for check in made]},
        **run.about,
    }


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 1)
