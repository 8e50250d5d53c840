"""What becomes of searches, below saturation and above it."""

import pytest

from tests.unit.simulate.builders import PROMISE, capacity, model
from vectortier.simulate.searches import Circumstances, Stretch, pass_time

SATURATED = 100.0
"""Searches per second that one copy of the small model can answer at all: 4 cores, 40 ms each."""


def passed(rate: float, backlog: float = 0.0, seconds: float = 15.0, copies: float = 1.0, **changes: object) -> Stretch:
    return pass_time(model(**changes), PROMISE, Circumstances(rate, 0.0, copies, 0.0), backlog, seconds)


@pytest.mark.parametrize("rate", [0.0, 10.0, 66.0, 99.0, 100.0, 150.0, 1000.0])
@pytest.mark.parametrize("backlog", [0.0, 20.0, 5000.0])
@pytest.mark.parametrize("seconds", [0.3, 15.0])
def test_no_search_gets_lost(rate: float, backlog: float, seconds: float) -> None:
    now = passed(rate, backlog, seconds)
    assert now.offered + backlog == pytest.approx(now.ended + now.backlog)
    assert 0 <= now.bad <= now.offered + 1e-9
    assert now.p50 <= now.p99 <= now.p999


def test_below_capacity_nothing_is_left_and_almost_nothing_is_late() -> None:
    now = passed(0.9 * capacity())
    assert now.backlog == 0
    assert now.bad / now.offered < 0.01
    assert now.p99 < 100
    assert now.utilisation == pytest.approx(0.9 * capacity() / SATURATED)


def test_above_saturation_everything_is_late_and_the_queue_grows_by_the_difference() -> None:
    now = passed(120.0)
    assert now.bad == pytest.approx(now.offered, rel=0.03)
    assert now.backlog == pytest.approx(20.0 * 15)
    assert now.p99 == pytest.approx(3000, rel=0.1), "300 searches wait in front of 100 a second"


def test_clients_give_up_at_their_deadline_and_the_queue_ends_there() -> None:
    now = passed(1000.0, seconds=60.0, clientDeadlineSeconds=5)
    assert now.backlog == pytest.approx(5 * SATURATED)
    assert now.p99 == 5000


def test_what_the_gateway_does_not_let_in_fails_at_once_and_does_not_queue() -> None:
    now = passed(150.0, seconds=60.0, searchesInFlight=200)
    assert now.backlog == 200
    assert now.offered == pytest.approx(now.ended + now.backlog)
    assert now.p99 == pytest.approx(2000, rel=0.1), "200 searches wait in front of 100 a second"


def test_stalls_make_late_long_before_saturation() -> None:
    now, quiet = passed(50.0, stallsPerSecond=0.5, stallMilliseconds=150), passed(50.0)
    assert quiet.bad / quiet.offered < 0.001
    assert 0.01 < now.bad / now.offered < 0.2


def test_a_backlog_is_worked_off_with_what_is_to_spare_and_makes_late_until_then() -> None:
    now = passed(50.0, backlog=250.0)
    assert now.backlog == 0
    assert now.bad == pytest.approx(50.0 * 5, rel=0.05), "250 searches at 50 a second to spare take 5 s"
    assert passed(50.0, backlog=250.0, seconds=2.0).backlog == pytest.approx(150.0)


def test_a_backlog_that_is_short_against_the_promise_makes_nobody_late() -> None:
    """5 searches wait 50 ms in front of 100 a second: with 40 ms of service that is within 100 ms."""
    assert passed(50.0, backlog=5.0).bad == passed(50.0).bad
    assert passed(50.0, backlog=50.0).bad > passed(50.0).bad


def test_overload_begins_where_saturation_ends() -> None:
    """No jump between the queue at rest and the fluid."""
    below, above = passed(99.99), passed(100.01)
    assert above.bad / above.offered == pytest.approx(below.bad / below.offered, rel=0.01)


def test_without_copies_everything_fails() -> None:
    now = passed(10.0, copies=0.0)
    assert (now.bad, now.backlog, now.p99) == (150.0, 0.0, 30_000.0)


def test_a_copy_that_is_read_for_another_is_slower() -> None:
    assert passed(60.0, copies=0.75).bad > passed(60.0).bad
