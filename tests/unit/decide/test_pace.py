"""How many copies are made at the same time."""

from dataclasses import replace

import pytest

from tests.unit.decide import builders as b
from tests.unit.decide.test_rules import facts
from vectortier.decide.facts.need import Sizing
from vectortier.decide.facts.pace import most_at_once
from vectortier.model.learned import Capacity
from vectortier.model.load import Instant

MOST = 10


def at_once(serving: int, now: float, *, late: float | None = 0.0, interference: float = 0.25) -> int:
    instant = None if late is None else Instant(queries_per_second=100.0, bad_fraction=late)
    seen = facts(b.observation(2, load=b.load(instant=instant)))
    learned = seen.learned.model_copy(update={"capacity": Capacity(interference=interference)})
    size = Sizing(serving=serving, now=now, ahead=now, later=now, expected=now, settled=now, grows=False)
    return most_at_once(replace(seen, learned=learned, sizing=size))


@pytest.mark.parametrize(("now", "expected"), [(8.0, 7), (9.0, 2), (9.4, 1), (9.9, 1), (2.0, MOST)])
def test_as_many_as_the_serving_copies_can_spare_and_at_least_one(now: float, expected: int) -> None:
    assert at_once(10, now) == expected


def test_all_that_the_spec_allows_once_searches_are_late_for_too_few_copies() -> None:
    assert at_once(10, 11.0, late=0.5) == MOST
    assert at_once(10, 11.0, late=0.005) == 1, "what is needed is an estimate: nothing is late yet"
    assert at_once(10, 9.9, late=0.5) == 1, "late for another cause"
    assert at_once(10, 11.0, late=None) == 1


def test_one_at_a_time_while_a_single_copy_serves_however_late_it_is() -> None:
    assert at_once(1, 3.0, late=0.9) == 1
    assert at_once(2, 3.0, late=0.9) == MOST


def test_what_is_not_known_or_costs_nothing_does_not_slow_it_down() -> None:
    assert at_once(10, 9.9, interference=0.0) == MOST
    assert most_at_once(facts(b.observation(2))) == MOST
