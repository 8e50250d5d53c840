"""A recorded load: what is not known is bridged and counted, and never zero."""

import pytest

from vectortier.simulate.load.loadfile import LoadError
from vectortier.simulate.load.recorded import Point, bridged
from vectortier.simulate.rates import in_intervals

START = 1_730_000_000.0


def test_without_a_gap_it_is_what_was_recorded() -> None:
    rates, known = bridged([(10.0, 1.0), (20.0, 2.0)], START)
    load = in_intervals(rates)
    assert (load.searches, load.writes) == ((10.0, 20.0), (1.0, 2.0))
    assert (known.intervals, known.bridged_intervals, known.gaps) == (2, 0, 0)
    assert known.begins_at == START - 15, "a point stands for the interval that ends with it"
    assert known.sentence() == "2 intervals of 15 s were recorded from 2024-10-27T03:33:05Z on, without a gap"


def test_a_gap_is_a_straight_line_and_is_told() -> None:
    points = [(10.0, 3.0)] * 20 + [None] * 3 + [(50.0, 7.0)] + [(50.0, 7.0)] * 20
    rates, known = bridged(points, START)
    load = in_intervals(rates)
    assert load.searches[19:24] == (10.0, 20.0, 30.0, 40.0, 50.0)
    assert load.writes[19:24] == (3.0, 4.0, 5.0, 6.0, 7.0)
    assert (known.bridged_intervals, known.gaps, known.longest_gap_seconds) == (3, 1, 45)
    assert "3 of them (6.8%) are not known and bridged by straight lines: gaps: 1, the longest 0:45 min" in (
        known.sentence()
    )


def test_of_several_gaps_the_longest_is_told() -> None:
    some: list[Point | None] = [(10.0, 3.0)] * 20
    known = bridged([*some, None, *some, None, None, *some], START)[1]
    assert (known.bridged_intervals, known.gaps, known.longest_gap_seconds) == (3, 2, 30)


def test_what_was_not_recorded_yet_or_is_not_any_more_is_no_gap() -> None:
    rates, known = bridged([None] * 50 + [(10.0, 0.0)] * 4 + [None], START)
    assert (len(rates.searches), known.intervals, known.gaps) == (60, 4, 0)
    assert known.begins_at == START + 49 * 15


def test_a_rate_of_zero_is_known() -> None:
    rates, known = bridged([(5.0, 0.0), (0.0, 0.0), (5.0, 0.0)], START)
    assert (min(rates.searches), known.gaps) == (0.0, 0)


def test_more_than_a_tenth_is_too_much_to_bridge() -> None:
    enough = [*[(10.0, 0.0)] * 9, None, *[(10.0, 0.0)] * 1]
    assert bridged([*enough[:9], None, *enough[:9]], START)[1].gaps == 1
    assert bridged([*enough[:8], None, enough[0]], START)[1].intervals == 10, "a tenth is not more than a tenth"
    with pytest.raises(LoadError, match=r"^3 of 13 intervals \(23%\) have no known rate of searches, but at most 10%"):
        bridged([*enough[:5], None, None, None, *enough[:5]], START)


def test_nothing_known_is_no_load() -> None:
    with pytest.raises(LoadError, match="no rate of searches is known"):
        bridged([None, None], START)
