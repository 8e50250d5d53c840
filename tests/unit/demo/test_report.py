"""The report: its settled format, and a verdict that each broken promise turns."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.demo.checksum import Contents
from tests.demo.phases import Moments
from tests.demo.report import report
from tests.demo.requestlog import Request
from tests.demo.timeline import Shape
from tests.unit.demo import runs

PHASE = {"seconds", "requests", "errors", "retries_by_gateway", "p50_ms", "p99_ms", "slow_fraction"}
ROW = {"t", "offered_qps", "answered_qps", "p50_ms", "p99_ms", "slow_fraction", "nodes", "copies"}


def test_the_format_is_the_settled_one() -> None:
    made = json.loads(json.dumps(report(runs.good())))
    assert (made["slo_milliseconds"], made["seed"]) == (250, 1)
    assert (made["offered_qps"], made["low_qps"], made["one_copy_capacity_qps"]) == (130.0, 27.1, 100.0)
    assert list(made["phases"]) == ["before", "during_rebalance", "after", "after_scale_in"]
    assert all(set(phase) == PHASE for phase in made["phases"].values())
    assert made["searches"] == {"sent": 10_000, "failed": 0}
    assert made["moments"] == {
        "plateau": 50,
        "first_action": 120,
        "last_copy_serves": 200,
        "load_fell": 400,
        "scaled_in": 640,
    }
    assert set(made["timeline"][0]) == ROW
    assert set(made["decisions"][0]) == {"t", "action", "reason", "message"}
    assert set(made["documents"]) == {"before", "after", "checksum_before", "checksum_after"}
    assert set(made["steps"][0]) == {"name", "seconds", "cached"}
    assert made["damping"] == {"scaleOut": {"stabilizationWindowSeconds": 60}}


def test_a_good_run_passes() -> None:
    made = report(runs.good())
    assert made["verdict"]["passed"], made["verdict"]
    assert made["phases"]["before"]["slow_fraction"] == 1.0
    assert made["phases"]["after"]["slow_fraction"] == 0.0
    assert made["phases"]["after_scale_in"]["seconds"] == 120.0
    assert made["phases"]["after_scale_in"]["slow_fraction"] == 0.0


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({"moments": replace(runs.MOMENTS, plateau=95)}, "One copy could not keep the promise"),
        ({"requests": runs.requests(after_ms=260)}, "The same load keeps it afterwards"),
        ({"requests": runs.one_failure(150)}, "No search failed"),
        ({"requests": runs.one_failure(20)}, "No search failed"),
        ({"after": Contents(20_000, "other")}, "Every document is still there"),
        ({"after": Contents(19_999, runs.DOCUMENTS.checksum)}, "Every document is still there"),
        ({"after": None}, "Every document is still there"),
        ({"requests": runs.requests(before_ms=300, late=0.1)}, "It was the database that was slow"),
    ],
    ids=[
        "the operator acted after 25 s",
        "still slow",
        "one search failed",
        "one search failed while the load rose",
        "a document altered",
        "a document lost",
        "documents not read again",
        "a late generator",
    ],
)
def test_each_broken_promise_fails_the_run(changes: dict[str, Any], broken: str) -> None:
    made = report(runs.good(**changes))
    assert [check["name"] for check in made["verdict"]["checks"] if not check["passed"]] == [broken]
    assert not made["verdict"]["passed"]


FEWER = "Fewer nodes keep it when the load has fallen"


def outcome(**changes: Any) -> tuple[bool, str]:
    """Of the check about fewer nodes."""
    (found,) = [check for check in report(runs.good(**changes))["verdict"]["checks"] if check["name"] == FEWER]
    return found["passed"], found["message"]


def test_fewer_nodes_that_keep_the_promise_pass_with_their_numbers() -> None:
    assert outcome() == (
        True,
        "Nodes: 2 before, 1 after; 0 % of searches were late with those, 1 % is allowed; 0 failed since the load fell.",
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"moments": Moments(50, 120, 200), "low_qps": None}, "did not fall"),
        ({"moments": replace(runs.MOMENTS, scaled_in=None)}, "took no node away in the 400 s after the load fell"),
        ({"end": 789.9}, "the time after that was not measured"),
        ({"shapes": [*runs.GROWN, Shape(640, None, None), Shape(700, None, None)]}, "could not be read"),
        ({"shapes": [Shape(0, 1, 1), *runs.SHRUNK]}, "could not be read"),
        ({"shapes": [*runs.GROWN, *runs.SHRUNK, Shape(720, 2, 1)]}, "Nodes: 2 before, 2 after"),
        ({"requests": runs.requests(fewer_ms=260)}, "100 % of searches were late with those"),
        ({"requests": runs.one_failure(400)}, "1 failed since the load fell"),
        ({"requests": runs.one_failure(795)}, "1 failed since the load fell"),
    ],
    ids=[
        "the load did not fall",
        "no scale-in",
        "ended early",
        "nodes unknown afterwards",
        "nodes unknown before",
        "a node came back",
        "slow with fewer nodes",
        "one search failed as soon as the load had fallen",
        "one search failed at the very end",
    ],
)
def test_each_way_in_which_a_smaller_tier_fails(changes: dict[str, Any], why: str) -> None:
    passed, message = outcome(**changes)
    assert not passed
    assert why in message
    others = {check["name"] for check in report(runs.good(**changes))["verdict"]["checks"] if not check["passed"]}
    assert others <= {FEWER, "No search failed"}


def test_a_share_of_one_percent_is_kept_with_fewer_nodes() -> None:
    def late(share: float) -> list[Request]:
        """So many of those that were due in the phase took a second."""
        found = runs.requests()
        inside = [number for number, one in enumerate(found) if 670 <= one.due < 790]
        for number in inside[: int(len(inside) * share)]:
            found[number] = replace(found[number], finished=found[number].due + 1)
        return found

    assert outcome(requests=late(0.0099))[0]
    assert not outcome(requests=late(0.015))[0]


def test_a_failure_before_the_load_fell_is_not_held_against_the_smaller_tier() -> None:
    assert outcome(requests=runs.one_failure(390))[0]


def test_a_run_that_ended_before_the_copies_were_measured_shows_neither() -> None:
    moments = Moments(50, 120, 200)
    checks = report(runs.good(end=349.0, moments=moments, low_qps=None))["verdict"]["checks"]
    assert {check["name"] for check in checks if not check["passed"]} == {"The same load keeps it afterwards", FEWER}


def test_a_promise_that_never_broke_shows_nothing() -> None:
    checks = report(runs.good(requests=runs.requests(before_ms=20)))["verdict"]["checks"]
    assert {check["name"] for check in checks if not check["passed"]} == {
        "One copy could not keep the promise",
        "It was the database that was slow",
    }


def test_a_run_in_which_nothing_happened_reports_no_figure_as_zero() -> None:
    made = report(runs.good(moments=Moments(), requests=[], offered_qps=None, one_copy_capacity_qps=None))
    assert set(made["phases"].values()) == {None}
    assert made["offered_qps"] is None
    assert made["timeline"][0]["p99_ms"] is None
    assert not made["verdict"]["passed"]
