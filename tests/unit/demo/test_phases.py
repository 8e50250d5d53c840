"""Phases: what clients saw, where each phase begins and ends, and what failing costs."""

from __future__ import annotations

import pytest

from tests.demo import phases
from tests.demo.phases import Moments, Span
from tests.demo.requestlog import OK, UNANSWERED, Request


def answered(due: float, milliseconds: float, code: str = OK) -> Request:
    return Request(due, 0.0, due + milliseconds / 1000, code)


def test_a_request_belongs_to_the_phase_in_which_it_was_due() -> None:
    requests = [answered(9.999, 5), answered(10.0, 5), answered(19.999, 60_000), answered(20.0, 5)]
    assert phases.within(requests, Span(10, 20)) == requests[1:3]


def test_latency_runs_from_when_it_was_due_not_from_when_it_was_sent() -> None:
    stalled = Request(due=1.0, late=2.0, finished=3.001, code=OK)
    assert phases.figures([stalled], Span(0, 10), 250).p50_ms == pytest.approx(2001)


def test_percentiles_are_nearest_rank() -> None:
    hundred = [answered(0.5, float(ms)) for ms in range(1, 101)]
    found = phases.figures(hundred, Span(0, 1), 250)
    assert (found.p50_ms, found.p99_ms) == (50, 99)


def test_the_slo_itself_is_kept() -> None:
    found = phases.figures([answered(0.5, 250), answered(0.5, 250.1)], Span(0, 1), 250)
    assert found.slow_fraction == 0.5


def test_a_failure_is_slow_however_fast_it_came() -> None:
    requests = [*(answered(0.5, 10) for _ in range(98)), answered(0.5, 1, "UNAVAILABLE"), answered(0.5, 1, "INTERNAL")]
    found = phases.figures(requests, Span(0, 1), 250)
    assert (found.errors, found.slow_fraction, found.p99_ms) == (2, 0.02, 30_000)


def test_a_request_without_an_answer_is_an_error() -> None:
    found = phases.figures([Request(0.5, 0.0, None, UNANSWERED)], Span(0, 1), 250)
    assert (found.errors, found.slow_fraction, found.p50_ms) == (1, 1.0, 30_000)


def test_without_requests_figures_are_unknown_not_zero() -> None:
    found = phases.figures([], Span(0, 1), 250)
    assert (found.requests, found.p50_ms, found.p99_ms, found.slow_fraction) == (0, None, None, None)
    assert found.retries_by_gateway is None


def test_the_phases_follow_each_other_as_defined() -> None:
    found = phases.spans(Moments(100, 160, 220, 380, 400), end=1000)
    assert found == {
        "before": Span(100, 160),
        "during_rebalance": Span(160, 220),
        "after": Span(250, 370),
        "after_scale_in": Span(430, 550),
    }


@pytest.mark.parametrize(
    ("moments", "end", "complete"),
    [
        (Moments(100), 1000, set()),
        (Moments(100, 90, 220), 369, {"during_rebalance"}),
        (Moments(100, 160), 1000, {"before"}),
        (Moments(100, 160, 220), 369.9, {"before", "during_rebalance"}),
        (Moments(100, 160, 220), 370, {"before", "during_rebalance", "after"}),
        (Moments(100, 160, 220, 371), 1000, {"before", "during_rebalance", "after"}),
        (Moments(100, 160, 220, 371, 600), 749.9, {"before", "during_rebalance", "after"}),
        (Moments(100, 160, 220, 371, 600), 750, {"before", "during_rebalance", "after", "after_scale_in"}),
    ],
)
def test_a_phase_that_is_not_complete_is_not_reported(moments: Moments, end: float, complete: set[str]) -> None:
    assert {name for name, span in phases.spans(moments, end).items() if span} == complete


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ([(9, 5), (15, 6), (19, 8), (30, 50)], 3),
        ([(10, 5), (20, 9)], 4),
        ([(9, 5), (15, 2), (19, 3)], 3),
        ([(15, 5), (19, 8)], None),
        ([(9, 5)], None),
        ([], None),
    ],
    ids=["inside only", "at the ends", "restarted from 0", "begins too late", "one sample", "none"],
)
def test_retries_are_what_the_counter_grew(samples: list[tuple[float, float]], expected: int | None) -> None:
    assert phases.increase(samples, Span(10, 20)) == expected


def test_the_ramp_is_told_of_failures_and_silence_too() -> None:
    requests = [answered(1, 10), answered(2, 300), answered(3, 1, "INTERNAL"), Request(4, 0.0, None, UNANSWERED)]
    found = phases.window(requests, 0, 15, 250)
    assert (found.requests, found.slow) == (4, 3)
