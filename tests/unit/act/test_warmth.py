"""A node is warm when it answers as fast as it will."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vectortier.act.warmth import is_warm, quantile


def windows(*seconds: float) -> list[float]:
    return [value for value in seconds for _ in range(10)]


@pytest.mark.parametrize(
    ("latencies", "warm"),
    [
        (windows(), False),
        (windows(0.1, 0.1), False),
        (windows(0.1, 0.1, 0.1), True),
        (windows(0.5, 0.1, 0.1), False),
        (windows(0.5, 0.1, 0.1, 0.1), True),
        (windows(0.8, 0.4, 0.2, 0.1), False),
        (windows(0.1, 0.095, 0.092), True),
        (windows(0.1, 0.1, 0.3), False),
        (windows(0.1, 0.1, 0.3, 0.1), True),
    ],
)
def test_warm_is_when_it_no_longer_gets_faster(latencies: list[float], warm: bool) -> None:
    assert is_warm(latencies, 10) is warm


def test_a_window_that_is_not_full_does_not_count() -> None:
    assert not is_warm(windows(0.1, 0.1) + [0.1] * 9, 10)


@given(st.lists(st.floats(0, 10), min_size=1), st.floats(0.01, 1))
def test_a_quantile_is_one_of_the_values_and_not_exceeded_by_its_share(values: list[float], share: float) -> None:
    found = quantile(values, share)

    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9
