"""How likely an interval violates, against processes that are drawn."""

import random

import pytest

from vectortier.simulate.spells import chance


@pytest.mark.parametrize(
    ("late", "spell"), [(0.01, 0.55), (0.03, 0.55), (0.3, 5.0), (0.01, 0.01), (0.012, 0.003), (0.9, 50.0)]
)
def test_it_is_the_share_of_drawn_intervals_with_too_much_lateness(late: float, spell: float) -> None:
    draw = random.Random(1)
    found = sum(_late_seconds(draw, late, spell, 15.0) > 0.15 for _ in range(1500)) / 1500
    assert chance(late, spell, 15.0, 0.15) == pytest.approx(found, abs=0.04)


def _late_seconds(draw: random.Random, late: float, spell: float, time: float) -> float:
    lengths = {True: spell, False: spell * (1 - late) / late}
    on, now, total = draw.random() < late, 0.0, 0.0
    while now < time:
        lasts = min(time - now, draw.expovariate(1 / lengths[on]))
        total += lasts if on else 0.0
        now, on = now + lasts, not on
    return total


def test_short_spells_leave_nothing_to_chance() -> None:
    assert chance(0.009, 1e-5, 15.0, 0.15) == pytest.approx(0.0, abs=1e-3)
    assert chance(0.011, 1e-5, 15.0, 0.15) == pytest.approx(1.0, abs=1e-3)


def test_long_ones_make_a_mean_of_one_per_cent_rare_and_great() -> None:
    assert chance(0.01, 5.0, 15.0, 0.15) < 0.05


def test_it_rises_with_the_share_and_is_a_chance() -> None:
    for spell in (1e-4, 0.01, 0.3, 4.0, 100.0):
        found = [chance(late / 1000, spell, 15.0, 0.15) for late in (0, 1, 5, 10, 20, 100, 500, 900, 1000)]
        assert found == sorted(found)
        assert (found[0], found[-1]) == (0.0, 1.0)
        assert all(0 <= one <= 1 for one in found)


def test_what_is_late_anyhow_counts_before_chance() -> None:
    assert chance(0.0, 1.0, 10.0, -0.1) == 1.0
    assert chance(0.5, 1.0, 0.1, 0.15) == 0.0
