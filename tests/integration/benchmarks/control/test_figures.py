"""The figures to reach: each is measured as it says, and what was not run is not claimed."""

import math
from typing import Any

import pytest

from tests.benchmarks.control.figures import against_hpa, against_optimum, copying, disturbed, speed
from tests.benchmarks.control.figures.figure import Measured, Question
from tests.benchmarks.control.figures.questions import QUESTIONS, as_json, summary
from tests.benchmarks.control.grid import Run
from tests.benchmarks.control.results import Results
from tests.integration.benchmarks.control.rows import figures, joined, results

HPA, OURS = "hpa-p99", "vectortier"


def measured(found: Measured | None) -> float:
    assert found is not None
    return found.value


def test_against_the_hpa_the_worst_load_counts() -> None:
    found = against_hpa.violating_intervals(
        results(
            {
                ("step", OURS): figures(1.0),
                ("step", HPA): figures(10.0),
                ("ramp", OURS): figures(4.0),
                ("ramp", HPA): figures(8.0),
            }
        )
    )
    assert found == Measured(0.5, "worst of 2 loads: ramp")


def test_a_load_on_which_the_hpa_keeps_the_promise_does_not_count_and_is_counted() -> None:
    kept = results({("ramp", OURS): figures(4.0, hours=90.0), ("ramp", HPA): figures(0.0)})
    assert against_hpa.replica_hours(kept) is None
    broken = results({("step", OURS): figures(0.0, hours=5.0), ("step", HPA): figures(10.0, hours=20.0)})
    assert against_hpa.replica_hours(joined(kept, broken)) == Measured(0.25, "worst of 1 of 2 loads: step")


def test_copies_against_an_hpa_that_makes_none_are_infinitely_many() -> None:
    pair = {("step", OURS): figures(shard_copies=1), ("step", HPA): figures(10.0)}
    assert measured(against_hpa.shard_copies(results(pair))) == math.inf
    assert measured(against_hpa.shard_copies(results({**pair, ("step", OURS): figures()}))) == 0.0


def test_the_distance_to_the_optimum_is_a_mean_and_its_violations_are_the_worst() -> None:
    ours = results(
        {
            ("ramp", OURS): figures(0.5, hours=11.0),
            ("diurnal", OURS): figures(0.9, hours=13.0),
            ("step", OURS): figures(9.0, hours=90.0),
        }
    )
    assert measured(against_optimum.replica_hours(smooth=True)(ours)) == pytest.approx(1.2)
    assert measured(against_optimum.violating_intervals(smooth=True)(ours)) == 0.9
    assert against_optimum.violating_intervals(smooth=False)(ours) == Measured(9.0, "worst of 1 load: step")


def test_copy_intervals_of_all_loads_are_pooled() -> None:
    slow = figures(
        copying_intervals=10,
        copying_intervals_over_limit_percent=40.0,
        copying_intervals_over_by_copying_percent=20.0,
    )
    quick = figures(copying_intervals=90)
    both = results({("ramp", OURS): slow, ("step", OURS): quick})
    assert copying.over_limit(both) == Measured(4.0, "100 copy intervals on 2 loads; 2 % by the copying itself")
    nothing_copied = results({("ramp", OURS): figures()})
    assert copying.over_limit(nothing_copied) is None


def test_a_look_takes_at_most_its_share_of_what_a_run_takes_more_than_one_of_another_policy() -> None:
    ours = Run("two-weeks", "base", OURS)
    others = [Run("two-weeks", "base", f"hpa-cpu={target}") for target in (60, 65)]
    other_load, other_setting = Run("ramp", "base", "hpa-cpu=60"), Run("two-weeks", "undisturbed", OURS)
    ran = {ours: 0.15, others[0]: 0.04, others[1]: 0.03, other_load: 0.01, other_setting: 0.02}
    told = speed.look_milliseconds(Results({ours: figures()}, ran))
    assert told == Measured(0.5, "240 intervals, CPU time, less the quickest other policy's")
    assert speed.look_milliseconds(Results({ours: figures()}, {ours: 0.15})) is None
    assert speed.look_milliseconds(Results({ours: figures()})) is None


def test_reversals_add_up() -> None:
    both = results({("ramp", OURS): figures(reversals=1), ("step", OURS): figures(reversals=2)})
    assert measured(against_optimum.reversals(both)) == 3


def test_a_disturbance_is_compared_on_the_loads_that_have_both() -> None:
    calm = results({("ramp", OURS): figures(1.0), ("step", OURS): figures(3.0)}, "undisturbed")
    noisy = results({("ramp", OURS): figures(2.0), ("step", OURS): figures(3.0), ("spike", OURS): figures(50.0)})
    assert disturbed.violating_intervals("base")(joined(calm, noisy)) == Measured(1.25, "means of 2 loads: 2.5 after 2")
    assert disturbed.violating_intervals("base")(noisy) is None


def test_under_drift_the_optimum_costs_more_too() -> None:
    calm = results({("ramp", OURS): figures(hours=12.0)}, "undisturbed")
    slower = results({("ramp", OURS): figures(hours=18.0, oracle_replica_hours=15.0)}, "drift-up")
    assert measured(disturbed.replica_hours("drift-up")(joined(calm, slower))) == pytest.approx(1.0)


# The outage of an hour's load lasts from 1,200 s to 3,000 s; its first failed scrape is taken at 1,215 s and shows 15 s
# later, as does the first good one after it.
@pytest.mark.parametrize(
    ("t", "action", "blind"),
    [
        (1229.0, "ScaleIn", 0),
        (1230.0, "ScaleIn", 1),
        (3029.0, "ScaleIn", 1),
        (3030.0, "ScaleIn", 0),
        (2000.0, "ScaleOut", 0),
    ],
)
def test_scale_ins_count_from_the_first_failed_scrape_that_shows(t: float, action: str, blind: int) -> None:
    decided = figures(decisions=[{"t": t, "action": action, "nodes": 1, "copies": 1}])
    found = disturbed.blind_scale_ins(results({("bursty", OURS): decided}, "outage"))
    assert measured(found) == blind


def question(goal: float) -> Question:
    return Question("one", "what", goal, lambda _: None)


@pytest.mark.parametrize(
    ("value", "shown", "met"), [(0.2, 0.2, True), (0.1 + 0.1 + 1e-12, 0.2, True), (0.2001, 0.2001, False)]
)
def test_a_goal_is_met_at_most_at_its_value(value: float, shown: float, met: bool) -> None:
    told = as_json(question(0.2), Measured(value, "one load"))
    assert (told["goal"], told["measured"], told["met"]) == (0.2, shown, met)


def test_what_is_infinite_is_null_and_misses() -> None:
    told = as_json(question(1e9), Measured(math.inf, "one load"))
    assert (told["measured"], told["met"]) == (None, False)


def test_without_runs_nothing_is_claimed() -> None:
    told = summary(Results({}))
    assert (told["figures"], told["met"], told["missed"]) == ({}, 0, 0)
    assert told["not_run"] == [one.name for one in QUESTIONS]


def test_each_figure_is_either_claimed_or_named_as_not_run() -> None:
    told = summary(results({("step", OURS): figures(9.0), ("step", HPA): figures(10.0)}))
    assert told["figures"]["violations_by_hpa"] == {
        "what": "violating intervals, times hpa-p99's",
        "goal": 0.2,
        "measured": 0.9,
        "met": False,
        "over": "worst of 1 load: step",
    }
    assert {"violations_smooth", "blind_scale_ins", "worst_load_to_best_target"} <= set(told["not_run"])
    assert [one.name for one in QUESTIONS if one.name in told["figures"] or one.name in told["not_run"]] == [
        one.name for one in QUESTIONS
    ]
    assert told["met"] + told["missed"] == len(told["figures"])


def test_a_loss_is_a_loss() -> None:
    """Far above every goal, everything that can be claimed is missed."""
    bad: dict[str, Any] = {
        "shard_copies": 999,
        "reversals": 9,
        "copying_intervals": 9,
        "copying_intervals_over_limit_percent": 100.0,
        "copying_intervals_over_by_copying_percent": 100.0,
    }
    decided = [{"t": 2000.0, "action": "ScaleIn", "nodes": 1, "copies": 1}]
    parts = [results({("diurnal", "hpa-cpu=60"): figures(), ("bursty", "hpa-cpu=60"): figures()})]
    for setting in ("undisturbed", "base", "missing-scrapes", "drift-up", "drift-down", "outage"):
        ours = figures() if setting == "undisturbed" else figures(99.0, hours=900.0, **bad, decisions=decided)
        parts.append(results({("diurnal", OURS): ours, ("bursty", OURS): ours}, setting))
    hpa = figures(1.0, shard_copies=1)
    parts.append(results({("diurnal", HPA): hpa, ("bursty", HPA): hpa}))
    of = joined(*parts)
    run = Run("two-weeks", "base", OURS)
    slow = figures(99.0, hours=900.0, **bad, intervals=90_000)
    other = Run("two-weeks", "base", "hpa-cpu=60")
    fortnight = Results({run: slow, other: figures()}, {run: 91.0, other: 0.9})
    told = summary(Results({**of.figures, **fortnight.figures}, fortnight.cpu_seconds))
    assert told["not_run"] == []
    assert (told["met"], told["missed"]) == (0, len(QUESTIONS))
