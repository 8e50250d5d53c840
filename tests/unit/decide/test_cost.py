"""A copy is made where that saves more late seconds than it costs."""

from dataclasses import replace

import pytest

from tests.unit.decide import builders as b
from tests.unit.decide.wanting import wanting
from vectortier.api.reasons import Reason
from vectortier.decide.facts.look import Facts, Look, facts_of
from vectortier.decide.facts.need import Sizing
from vectortier.decide.rules.cost import worth_it
from vectortier.model.learned import Capacity, Learned
from vectortier.model.plan import Outcome


def facts(now: float, ahead: float, interference: float = 0.25) -> Facts:
    """Two copies serve and a third is wanted; so many are needed `now`, and when the third could serve (`ahead`)."""
    learned = Learned(capacity=Capacity(search_cost=0.01, interference=interference))
    found = facts_of(Look(b.spec(), b.observation(2, learned=learned), b.NOW))
    assert found is not None
    size = Sizing(serving=2, now=now, ahead=ahead, later=ahead, expected=ahead, settled=ahead, grows=True)
    return replace(wanting(found, 3), sizing=size, movement_seconds=120.0)


def test_a_copy_that_makes_searches_late_for_longer_than_it_helps_is_not_made() -> None:
    """1.9 of 2 copies are needed and 1.75 are left while it is copied; without it 2.01 are needed, of 2."""
    ruling = worth_it(facts(now=1.9, ahead=2.01))
    assert ruling is not None
    assert ruling.outcome is Outcome.HOLD
    assert ruling.reason == Reason.NOT_WORTH_IT
    assert "late for 9 s by it, for 3 s without it" in ruling.message


@pytest.mark.parametrize(
    ("now", "ahead", "interference"),
    [
        (1.9, 2.2, 0.25),  # the need is large enough
        (1.7, 2.01, 0.25),  # the copies can spare the work
        (1.9, 2.01, 0.05),  # copying takes little
        (2.5, 2.5, 0.25),  # they are late already
    ],
)
def test_a_copy_that_saves_more_is_made(now: float, ahead: float, interference: float) -> None:
    ruling = worth_it(facts(now, ahead, interference))
    assert ruling is not None
    assert ruling.outcome is Outcome.PASS


def test_what_is_not_known_is_not_weighed() -> None:
    assert worth_it(replace(facts(1.9, 2.01), sizing=None)) is None
