"""One leader at a time, terms that count up, and nobody who trusts another machine's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from tests.unit.runtime.store import Store
from vectortier.clients.kubernetes import Kubernetes
from vectortier.runtime import leader
from vectortier.runtime.leader import Leadership, LeaseTimes

WALL = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    """The monotonic clock that `holds` looks at."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(leader, "monotonic", made)
    return made


def candidate(store: Store, name: str) -> Leadership:
    return Leadership(cast(Kubernetes, store), "system", "lease", name, LeaseTimes(15.0, 10.0, 2.0))


def step(one: Leadership, clock: Clock) -> bool:
    # The machines' wall clocks are hours apart: it must not matter.
    skew = timedelta(hours=len(one.identity))
    one.step(clock.now, WALL + skew + timedelta(seconds=clock.now))
    return one.holds()


def test_the_first_leads_and_the_second_stands_by_while_it_renews(clock: Clock) -> None:
    store = Store()
    first, second = candidate(store, "first"), candidate(store, "second")
    for _ in range(30):
        assert step(first, clock)
        assert not step(second, clock)
        clock.now += 2.0
    assert first.epoch == 1


def test_a_silent_leader_stops_by_itself_before_the_next_one_starts(clock: Clock) -> None:
    store = Store()
    first, second = candidate(store, "first"), candidate(store, "second")
    step(first, clock)
    step(second, clock)
    silent_since, led_until = clock.now, None
    while not step(second, clock):
        led_until = led_until or (clock.now if not first.holds() else None)
        clock.now += 1.0
        assert clock.now < silent_since + 60
    assert led_until is not None, "the first one had stopped"
    assert led_until < clock.now
    assert second.epoch == 2


def test_a_leader_that_cannot_reach_the_api_stops_after_its_renew_deadline(clock: Clock) -> None:
    store = Store()
    first = candidate(store, "first")
    step(first, clock)
    store.down = True
    clock.now += 9.9
    assert step(first, clock)
    clock.now += 0.2
    assert not step(first, clock)


def test_a_released_lease_is_taken_at_once_and_begins_a_new_term(clock: Clock) -> None:
    store = Store()
    first, second = candidate(store, "first"), candidate(store, "second")
    step(first, clock)
    step(second, clock)
    first.stop()
    first.run()
    assert not first.holds()
    assert step(second, clock)
    assert second.epoch == 2


def test_of_two_who_are_equally_quick_one_gets_it(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store()
    first, second = candidate(store, "first"), candidate(store, "second")
    monkeypatch.setattr(store, "find", lambda *_: None)
    assert step(first, clock)
    assert not step(second, clock)


def test_changes_are_told_once(clock: Clock) -> None:
    store, told = Store(), []
    first = candidate(store, "first")
    first.changed = told.append
    step(first, clock)
    step(first, clock)
    clock.now += 100
    store.down = True
    step(first, clock)
    assert told == [True, False]
