"""Policies that ask for so many copies, to see what becomes of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from vectortier.decide import extension, tier
from vectortier.decide.facts import proposed
from vectortier.decide.facts.look import Facts
from vectortier.decide.facts.need import Wanted
from vectortier.decide.operation import operation_in_flight
from vectortier.decide.rules.scalein import scale_in
from vectortier.decide.ruling import Ruling, hold


def growing_to(monkeypatch: pytest.MonkeyPatch, copies: int) -> None:
    """Whenever the tier grows, so many copies are wanted."""
    monkeypatch.setattr(proposed, "_wanted", lambda facts: copies)


def growing_on_to(monkeypatch: pytest.MonkeyPatch, copies: int, when: Callable[[Facts], bool]) -> None:
    """While the tier grows, so many copies are wanted as soon as `when` is so."""

    def besides(coming: Facts) -> Wanted | None:
        operation = coming.journal.operation
        if operation is None or operation.copies >= copies or not when(coming):
            return None
        return Wanted(copies, f"{copies} copies are needed")

    monkeypatch.setattr(extension, "wanted_besides", besides)
    monkeypatch.setattr(proposed, "_wanted", lambda facts: 2 if facts.wanted is None else facts.wanted.copies)


def wanting(facts: Facts, copies: int) -> Facts:
    """The facts of a tier that should have so many copies."""
    return replace(facts, wanted=Wanted(copies, f"{copies} copies are enough"))


def shrinking_to(monkeypatch: pytest.MonkeyPatch, copies: int, when: Callable[[Facts], bool] = lambda _: True) -> None:
    """Nodes are taken away until so many copies are left. `when` this is so; otherwise the tier's own rules apply."""

    def too_large(facts: Facts) -> Ruling | None:
        ruling = scale_in(wanting(facts, copies)) if when(facts) else None
        return ruling if ruling is not None and ruling.action is not None else None

    def large_enough(facts: Facts) -> Ruling | None:
        return hold("WithinSLO", f"{copies} copies") if when(facts) else None

    position = tier.RULES.index(operation_in_flight) + 1
    rules = (*tier.RULES[:position], too_large, large_enough, *tier.RULES[position:])
    monkeypatch.setattr(tier, "RULES", rules)
