"""Causes of generated cases are named, and nodes are bought for none that they do not cure."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tests.unit.decide.causes.cases import Case, draw
from tests.unit.decide.causes.tier import seen, spec
from vectortier.decide.causes.naming import causes, nodes_help
from vectortier.decide.facts.look import Look, facts_of
from vectortier.decide.tier import decide
from vectortier.model.plan import BeginOperation

FIXED = 1
OTHERS = (2, 3, 5, 8, 13)
LEAST_RIGHT = 90
"""Of a hundred cases, those whose set of causes is named exactly."""


def judge(case: Case, chance: random.Random) -> tuple[frozenset[str], bool, bool]:
    """The kinds that are named, whether nodes are said to help, and whether any growth is begun."""
    wanted, observed = spec(case.tier), seen(case.tier, chance)
    facts = facts_of(Look(wanted, observed, observed.now))
    assert facts is not None
    found = causes(facts)
    begun = isinstance(decide(wanted, observed, observed.now).action, BeginOperation)
    return frozenset(c.kind for c in found), nodes_help(found), begun


def shown(kinds: frozenset[str]) -> str:
    return "+".join(sorted(kinds)) or "nothing"


@pytest.mark.parametrize("seed", [FIXED, *OTHERS])
def test_ninety_of_a_hundred_are_named_exactly_and_no_node_is_bought_in_vain(seed: int) -> None:
    chance = random.Random(seed)
    confused: Counter[str] = Counter()
    in_vain: list[str] = []
    cases = draw(seed)
    for number, case in enumerate(cases):
        kinds, helps, begun = judge(case, chance)
        if kinds != case.kinds:
            confused[f"{shown(case.kinds)} was taken for {shown(kinds)}"] += 1
        if (helps or begun) and not case.curable:
            in_vain.append(f"case {number}, {shown(case.kinds)}, taken for {shown(kinds)}: {case.tier}")
    table = "\n".join(f"{count:4} {what}" for what, count in confused.most_common())
    assert not in_vain, f"seed {seed}: nodes were bought in vain:\n" + "\n".join(in_vain) + f"\nconfused:\n{table}"
    right = len(cases) - confused.total()
    assert right >= LEAST_RIGHT, f"seed {seed}: {right} of {len(cases)} are right; confused:\n{table}"


def test_where_searches_alone_saturate_the_nodes_growth_is_begun() -> None:
    chance = random.Random(FIXED)
    alone = [case for case in draw(FIXED) if shown(case.kinds) == "Saturation"]
    assert len(alone) == 10
    assert sum(judge(case, chance)[2] for case in alone) >= 9
