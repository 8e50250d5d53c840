"""The report: its settled format, and a verdict that each broken promise turns."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.demo.checksum import Contents
from tests.demo.phases import Moments
from tests.demo.report import report
from tests.unit.demo import runs

PHASE = {"seconds", "requests", "errors", "retries_by_gateway", "p50_ms", "p99_ms", "slow_fraction"}
ROW = {"t", "offered_qps", "answered_qps", "p50_ms", "p99_ms", "slow_fraction", "nodes", "copies"}


def test_the_format_is_the_settled_one() -> None:
    made = json.loads(json.dumps(report(runs.good())))
    assert (made["slo_milliseconds"], made["seed"], made["offered_qps"], made["one_copy_capacity_qps"]) == (
        250,
        1,
        130.0,
        100.0,
    )
    assert list(made["phases"]) == ["before", "during_rebalance", "after", "after_scale_in"]
    assert all(set(made["phases"][name]) == PHASE for name in ("before", "during_rebalance", "after"))
    assert made["phases"]["after_scale_in"] is None
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


def one_failure(after: float) -> list[Any]:
    found = runs.requests()
    during = next(number for number, one in enumerate(found) if one.due > after)
    found[during] = replace(found[during], code="UNAVAILABLE")
    return found


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({"moments": Moments(95, 120, 200)}, "One copy could not keep the promise"),
        ({"requests": runs.requests(after_ms=260)}, "The same load keeps it afterwards"),
        ({"end": 349.0}, "The same load keeps it afterwards"),
        ({"requests": one_failure(150)}, "No search failed"),
        ({"requests": one_failure(20)}, "No search failed"),
        ({"after": Contents(20_000, "other")}, "Every document is still there"),
        ({"after": Contents(19_999, runs.DOCUMENTS.checksum)}, "Every document is still there"),
        ({"after": None}, "Every document is still there"),
        ({"requests": runs.requests(before_ms=300, late=0.1)}, "It was the database that was slow"),
    ],
    ids=[
        "the operator acted after 25 s",
        "still slow",
        "ended early",
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
