"""The checksum: equal exactly when ids, properties and vectors are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import numpy as np
import pytest

from tests.demo.checksum import canonical, contents

Row = tuple[UUID, Mapping[str, object], list[float]]
A: Row = (UUID(int=1), {"name": "a", "size": 3}, [0.1, 0.2])
B: Row = (UUID(int=2), {"name": "b", "size": 4}, [0.3, 0.4])


def test_the_order_of_reading_does_not_matter() -> None:
    assert contents([A, B]) == contents([B, A])
    assert contents([A, B]).documents == 2


def test_float32_is_what_counts() -> None:
    exact: Row = (A[0], A[1], [float(np.float32(value)) for value in A[2]])
    assert contents([A]) == contents([exact])


@pytest.mark.parametrize(
    "other",
    [
        [A],
        [A, B, B],
        [A, (UUID(int=3), B[1], B[2])],
        [A, (B[0], {"name": "b", "size": 5}, B[2])],
        [A, (B[0], B[1], [0.3, 0.41])],
        [(A[0], A[1], B[2]), (B[0], B[1], A[2])],
    ],
    ids=["one lost", "one doubled", "another id", "another property", "another vector", "vectors swapped"],
)
def test_any_difference_shows(other: list[Row]) -> None:
    assert contents([A, B]) != contents(other)


def test_properties_have_one_form() -> None:
    moment = datetime(2023, 3, 17, 2, tzinfo=timezone(timedelta(hours=2)))
    assert canonical({"b": 1.0, "a": "ü", "gone": None, "when": moment}) == (
        '{"a":"ü","b":1,"when":"2023-03-17T00:00:00Z"}'.encode()
    )
    assert canonical({"when": datetime(2023, 3, 17, tzinfo=UTC)}) == canonical({"when": "2023-03-17T00:00:00Z"})
