"""All questions in order, and what the results answer: the summary of the benchmark. Pure."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from tests.benchmarks.control.figures import against_hpa, against_optimum, against_targets, copying, disturbed, speed
from tests.benchmarks.control.figures.figure import Measured, Question
from tests.benchmarks.control.results import Results
from tests.benchmarks.control.settings import DISTURBED

_NEAR = 1e-9
"""A goal that is met exactly is met, whatever the last digit of a quotient is."""


def _by_optimum(kind: str, hours: float, violations: float, *, smooth: bool) -> Sequence[Question]:
    return (
        Question(
            f"replica_hours_by_optimum_{kind}",
            f"replica-hours, times the optimum's, {kind} loads",
            hours,
            against_optimum.replica_hours(smooth=smooth),
        ),
        Question(
            f"violations_{kind}",
            f"violating intervals on each of the {kind} loads, %",
            violations,
            against_optimum.violating_intervals(smooth=smooth),
        ),
    )


def _by_undisturbed(setting: str) -> Iterator[Question]:
    name = "sensor-noise" if setting == "base" else setting
    for what, label, answer in (
        ("violations", "violating intervals", disturbed.violating_intervals),
        ("replica_hours", "replica-hours (times the optimum's)", disturbed.replica_hours),
    ):
        words = f"{label} with {name}, times the undisturbed"
        yield Question(f"{what}_with_{name.replace('-', '_')}", words, 1.2, answer(setting))


QUESTIONS: tuple[Question, ...] = (
    Question("violations_by_hpa", "violating intervals, times hpa-p99's", 1 / 5, against_hpa.violating_intervals),
    Question("replica_hours_by_hpa", "replica-hours, times hpa-p99's", 0.6, against_hpa.replica_hours),
    Question("shard_copies_by_hpa", "shard copies, times hpa-p99's", 1 / 8, against_hpa.shard_copies),
    Question("reversals", "reversals within 10 minutes", 0, against_optimum.reversals),
    Question(
        "worst_load_to_best_target",
        "violating intervals on the worst load, % points above the best fixed target's",
        0,
        against_targets.worst_load,
    ),
    Question(
        "replica_hours_by_best_target",
        "replica-hours, times the best fixed target's, loads alike",
        0.8,
        against_targets.replica_hours,
    ),
    Question(
        "summed_replica_hours_by_best_target",
        "replica-hours, times the best fixed target's, hours alike",
        0.8,
        against_targets.summed_replica_hours,
    ),
    *_by_optimum("smooth", 1.25, 1.0, smooth=True),
    *_by_optimum("bursty", 1.4, 3.0, smooth=False),
    Question(
        "slow_while_copying",
        "intervals with a copy in the making and p99 over 1.15 times the promise, %",
        1,
        copying.over_limit,
    ),
    *(question for setting in DISTURBED for question in _by_undisturbed(setting)),
    Question("blind_scale_ins", "scale-ins in a metrics outage", 0, disturbed.blind_scale_ins),
    Question("look_milliseconds", "one look of the policy, ms", 1, speed.look_milliseconds),
    Question("fortnight_seconds", "14 days simulated, s", 90, speed.fortnight_seconds),
)
"""In the order in which the goals were set."""


def summary(results: Results) -> dict[str, Any]:
    """Each figure with its goal; which could not be had from what was run; and how many were met."""
    answers = [(question, question.answer(results)) for question in QUESTIONS]
    figures = {question.name: as_json(question, found) for question, found in answers if found is not None}
    return {
        "figures": figures,
        "met": sum(figure["met"] for figure in figures.values()),
        "missed": sum(not figure["met"] for figure in figures.values()),
        "not_run": [question.name for question, found in answers if found is None],
        "best_targets": against_targets.best_targets(results),
    }


def as_json(question: Question, found: Measured) -> dict[str, Any]:
    """A figure; a value that is infinite is null, and misses its goal."""
    return {
        "what": question.what,
        "goal": round(question.goal, 4),
        "measured": round(found.value, 4) if math.isfinite(found.value) else None,
        "met": found.value <= question.goal + _NEAR,
        "over": found.over,
    }
