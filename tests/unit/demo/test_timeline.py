"""The timeline: offered and answered apart, gaps where nothing is known."""

from __future__ import annotations

from tests.demo.requestlog import OK, Request
from tests.demo.timeline import Shape, rows


def test_offered_counts_when_due_and_answered_when_answered() -> None:
    requests = [Request(1.0, 0.0, 7.0, OK) for _ in range(10)]
    first, second = rows(requests, [], end=10, slo_milliseconds=250)
    assert (first.offered_qps, first.answered_qps) == (2.0, 0.0)
    assert (second.offered_qps, second.answered_qps) == (0.0, 2.0)
    assert (first.p99_ms, second.p99_ms) == (6000.0, None)


def test_a_failure_is_no_answer() -> None:
    (only,) = rows([Request(1.0, 0.0, 1.1, "UNAVAILABLE")], [], end=5, slo_milliseconds=250)
    assert only.answered_qps == 0.0


def test_nodes_and_copies_are_the_last_that_were_seen_and_unknown_before() -> None:
    shapes = [Shape(7, 1, 1), Shape(12, 2, 1), Shape(18, None, None)]
    seen = [(row.nodes, row.copies) for row in rows([], shapes, end=20, slo_milliseconds=250)]
    assert seen == [(None, None), (1, 1), (2, 1), (None, None)]


def test_a_step_that_has_not_ended_is_left_out() -> None:
    assert [row.t for row in rows([], [], end=14.9, slo_milliseconds=250)] == [0.0, 5.0]
