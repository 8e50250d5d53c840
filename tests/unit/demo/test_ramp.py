"""The ramp: it finds the rate that breaks the promise, and is not fooled by one stall."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.demo import ramp
from tests.demo.ramp import Ramp, RampSettings, Window

SETTINGS = RampSettings(start_qps=60, quick_factor=1.2, factor=1.2, ceiling_qps=300)


def climb(slow_fraction: Callable[[float, float], float], seconds: int = 600) -> list[Ramp]:
    """Every state of a ramp whose windows are slow as a function of (rate, begin)."""
    states = [ramp.begin(SETTINGS, now=0.0)]
    for now in range(seconds):
        state = states[-1]
        window = ramp.due_window(state, SETTINGS, float(now))
        if window is None:
            continue
        requests = round(state.rate * 15)
        slow = round(requests * slow_fraction(state.rate, window[0]))
        states.append(ramp.advance(state, SETTINGS, Window(*window, requests, slow, slow), float(now)))
    return states


def test_it_rises_until_the_promise_breaks_then_holds_a_fifth_more() -> None:
    last = climb(lambda rate, _: 0.2 if rate > 100 else 0.0)[-1]
    assert last.held
    assert last.broke_qps == pytest.approx(60 * 1.2**3)
    assert last.kept_qps == pytest.approx(60 * 1.2**2)
    assert last.rate == pytest.approx(60 * 1.2**4)


def test_it_rises_quickly_only_while_the_promise_is_far_from_breaking() -> None:
    settings = RampSettings(start_qps=100, quick_factor=1.5, factor=1.1)
    first = ramp.begin(settings, now=0.0)
    assert ramp.advance(first, settings, Window(0.0, 15.0, 1500, 0, 15), 16.0).rate == pytest.approx(150)
    assert ramp.advance(first, settings, Window(0.0, 15.0, 1500, 0, 16), 16.0).rate == pytest.approx(110)


def test_exactly_one_percent_is_kept() -> None:
    assert not climb(lambda _rate, _begin: 0.01, seconds=20)[-1].held


def test_a_window_is_whole_and_its_answers_are_in() -> None:
    state = Ramp(rate=100, since=40.0)
    assert ramp.due_window(state, SETTINGS, 55.9) is None
    assert ramp.due_window(state, SETTINGS, 56.0) == (40.0, 55.0)


def test_the_held_rate_stays_while_it_breaks_the_promise() -> None:
    states = climb(lambda _rate, _begin: 1.0)
    assert len(states) > 10
    assert {state.rate for state in states[2:]} == {60 * 1.2}
    assert all(state.held for state in states[2:])


def test_one_window_that_breaks_the_promise_is_looked_at_again_at_the_same_rate() -> None:
    states = climb(lambda rate, begin: 0.5 if begin < 1 or rate > 100 else 0.0)
    assert (states[1].rate, states[1].held, states[1].broke_qps) == (60, False, 60)
    assert (states[2].rate, states[2].held, states[2].broke_qps) == (60 * 1.2, False, None)
    last = states[-1]
    assert last.held
    assert (last.kept_qps, last.broke_qps) == (pytest.approx(60 * 1.2**2), pytest.approx(60 * 1.2**3))


def test_a_held_rate_that_keeps_the_promise_was_not_the_capacity() -> None:
    states = climb(lambda rate, begin: 0.5 if begin < 20 or rate > 100 else 0.0)
    assert states[2].held
    assert not states[3].held
    last = states[-1]
    assert last.held
    assert (last.kept_qps, last.broke_qps) == (pytest.approx(60 * 1.2**2), pytest.approx(60 * 1.2**3))
    assert last.rate == pytest.approx(60 * 1.2**4)


def test_a_break_that_lasted_is_held_although_some_windows_keep_the_promise_by_chance() -> None:
    states = climb(lambda rate, begin: 0.2 if rate > 100 and int(begin / 15) % 5 else 0.0)
    held = [state for state in states if state.held]
    assert len(held) > 10
    assert states[-1].held
    assert {state.rate for state in held[1:]} == {states[-1].rate}


def test_a_held_rate_on_the_edge_is_raised_twice_at_most() -> None:
    states = climb(lambda rate, _: 0.02 if rate > 100 else 0.0)
    held = [state for state in states if state.held]
    first = 60 * 1.2**4
    assert [state.rate for state in held[:3]] == pytest.approx([first, first * 1.2, first * 1.2**2])
    assert {state.rate for state in held[2:]} == {held[2].rate}


def test_only_the_first_window_at_the_held_rate_raises_it() -> None:
    states = climb(lambda rate, begin: (0.2 if begin < 95 else 0.02) if rate > 100 else 0.0)
    held = [state for state in states if state.held]
    assert held[0].since < 95 < held[-1].since
    assert {state.rate for state in held} == {held[0].rate}


def test_the_rate_rises_on_when_the_machine_has_become_faster() -> None:
    last = climb(lambda rate, begin: 0.02 if rate > (100 if begin < 150 else 200) else 0.0)[-1]
    assert last.held
    assert last.broke_qps
    assert last.broke_qps > 200


def test_without_requests_nothing_is_known() -> None:
    state = ramp.advance(ramp.begin(SETTINGS, 0.0), SETTINGS, Window(0.0, 15.0, 0, 0, 0), 16.0)
    assert (state.rate, state.held, state.kept_qps) == (60, False, None)


def test_it_gives_up_at_the_ceiling_instead_of_rising_for_ever() -> None:
    last = climb(lambda _rate, _begin: 0.0)[-1]
    assert last.exhausted
    assert not last.held
    assert last.rate * SETTINGS.overload <= SETTINGS.ceiling_qps
