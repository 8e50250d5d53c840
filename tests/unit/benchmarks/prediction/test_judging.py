"""What is compared, and when it is good enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.prediction.judging import Pair, bad_shares, judged, offered, within_goal, write
from tests.benchmarks.prediction.simulated import Verdict
from tests.demo.requestlog import Request


def request(due: float, milliseconds: float | None, code: str = "OK") -> Request:
    return Request(due, 0.0, None if milliseconds is None else due + milliseconds / 1000, code)


def pair(violates: bool, chance: float) -> Pair:
    return Pair(100, 0.02 if violates else 0.01, Verdict(0.0, chance))


def test_searches_are_counted_in_the_second_in_which_they_were_due() -> None:
    assert offered([request(due, 5000.0) for due in (0.0, 0.9, 2.0, 2.5, 2.999, 3.0)], 3) == [2, 0, 3]


def test_bad_are_the_slow_the_failed_and_the_unanswered() -> None:
    requests = [
        request(0.0, 250.0),
        request(1.0, 251.0),
        request(14.9, 10.0, "UNAVAILABLE"),
        request(14.95, None),
        request(15.0, 10.0),
        request(45.0, 900.0),
    ]
    assert bad_shares(requests, 3, 250) == [0.75, 0.0, 0.0]


def test_an_interval_of_exactly_one_per_cent_keeps_the_promise() -> None:
    assert not Pair(100, 0.01, Verdict(0.0, 0.0)).violates
    assert Pair(100, 0.0101, Verdict(0.0, 0.0)).violates


def test_the_predicted_share_is_the_mean_of_the_chances() -> None:
    found = judged("a", [pair(True, 0.9), pair(True, 0.4), pair(False, 0.7), pair(False, 0.0)])
    assert (found["measured_percent"], found["predicted_percent"], found["intervals"]) == (50.0, 50.0, 4)
    assert [found[name] for name in ("both_violate", "only_measured", "only_predicted", "both_good")] == [1, 1, 1, 1]
    assert found["within_goal"] is True


@pytest.mark.parametrize(
    ("measured", "predicted", "good"),
    [(40, 50, True), (40, 50.1, False), (40, 30, True), (40, 29.9, False), (4, 6, True), (4, 6.1, False), (0, 2, True)],
)
def test_good_is_within_a_quarter_or_two_points(measured: float, predicted: float, good: bool) -> None:
    assert within_goal(measured, predicted) is good


def test_intervals_are_written_one_a_line(tmp_path: Path) -> None:
    write(tmp_path / "found.csv", [Pair(4000, 0.25, Verdict(0.2, 0.96))])
    assert (tmp_path / "found.csv").read_text().splitlines() == [
        "offered,measured_bad_share,predicted_bad_share,predicted_chance",
        "4000,0.25000,0.20000,0.9600",
    ]
