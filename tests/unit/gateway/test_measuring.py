"""The expressions, bounds and queries that the SLI rests on."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vectortier.gateway import measure
from vectortier.gateway.deadlines import shorter_than
from vectortier.gateway.histogram import latency_bounds
from vectortier.gateway.outcomes import NOT_BAD, NOT_COUNTED, Outcome, grpc_outcome, rest_outcome

UNITS = {"n": 1, "u": 1_000, "m": 1_000_000, "S": 1_000_000_000, "M": 60_000_000_000, "H": 3_600_000_000_000}
TIER = 'namespace="vectors",tier="tickets"'


@given(st.integers(1, 29_999), st.integers(0, 99_999_999), st.sampled_from(list(UNITS)))
def test_a_deadline_is_shorter_exactly_if_its_value_is(milliseconds: int, value: int, unit: str) -> None:
    nanoseconds = value * UNITS[unit]
    matched = any(re.search(regex, f"{value}{unit}") for regex in shorter_than(milliseconds))
    # Nobody gives a deadline of no minutes or hours at all.
    assert matched == (nanoseconds < milliseconds * 1_000_000 and unit not in "MH")


@pytest.mark.parametrize("milliseconds", [1, 9, 10, 99, 100, 250, 1000, 4999, 29_999])
def test_a_deadline_is_told_apart_at_the_very_bound(milliseconds: int) -> None:
    for unit in ("u", "m"):
        bound = milliseconds * 1_000_000 // UNITS[unit]
        found = [any(re.search(one, f"{n}{unit}") for one in shorter_than(milliseconds)) for n in (bound - 1, bound)]
        assert found == [True, False]


@pytest.mark.parametrize("milliseconds", [1, 250, 29_999])
def test_an_expression_survives_inside_an_access_log_command(milliseconds: int) -> None:
    for expression in (grpc_outcome(milliseconds), rest_outcome(milliseconds)):
        assert not re.search(r"\)(:[0-9]+)?%", expression), "this ends %CEL(...)% early"
        assert expression.count("(") == expression.count(")")


def test_every_outcome_can_occur() -> None:
    expressions = grpc_outcome(250) + rest_outcome(250)
    assert {outcome for outcome in Outcome if f"'{outcome}'" in expressions} == set(Outcome)


@given(st.integers(1, 29_999))
def test_the_histogram_has_a_bound_at_the_slo_and_ascends(milliseconds: int) -> None:
    bounds = latency_bounds(milliseconds)
    assert milliseconds - 0.125 in bounds
    assert bounds == sorted(set(bounds))
    assert min(bounds) > 0


def test_bad_is_whatever_is_neither_good_nor_known_not_to_count() -> None:
    assert measure.bad_requests(TIER, 60) == (
        f"sum(increase(envoy_vectortier_searches{{{TIER},"
        'outcome!~"good|cancelled|client_deadline|refused|invalid"}[60s]))'
    )
    assert measure.counted_requests(TIER, 60) == (
        f'sum(increase(envoy_vectortier_searches{{{TIER},outcome!~"cancelled|client_deadline|refused|invalid"}}[60s]))'
    )
    assert set(NOT_BAD) - set(NOT_COUNTED) == {Outcome.GOOD}


def test_names_cannot_break_out_of_a_query() -> None:
    assert measure.tier_selector('a"b', "c\\d") == 'namespace="a\\"b",tier="c\\\\d"'
