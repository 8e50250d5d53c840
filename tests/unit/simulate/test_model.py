"""The parameters of the tier model."""

from typing import Any

import pytest
from pydantic import ValidationError

from tests.unit.simulate.builders import model
from vectortier.simulate.model import default_model, model_with


def test_the_default_copy_takes_165_seconds() -> None:
    found = default_model()
    assert found.boot_seconds + found.transfer_seconds + found.load_seconds == pytest.approx(165, abs=1)
    assert found.delay_intervals == 11


def test_what_takes_a_part_of_an_interval_takes_all_of_it() -> None:
    found = model(bootSeconds=20, bytesPerCopy=30_000_001)
    assert found.transfer_intervals == (1, 4)
    assert found.delay_intervals == 5


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"searchMilliseconds": 0}, "searchMilliseconds"),
        ({"searchMilliseconds": float("nan")}, "searchMilliseconds"),
        ({"searchSpread": -1}, "searchSpread"),
        ({"coresPerCopy": 0}, "coresPerCopy"),
        ({"copyInterference": 1}, "copyInterference"),
        ({"copyBytesPerSecond": 0}, "copyBytesPerSecond"),
        ({"missingScrapes": 1.5}, "missingScrapes"),
        ({"searchDrift": -1}, "searchDrift"),
        ({"outageSeconds": -1}, "outageSeconds"),
        ({"outageStartSeconds": float("inf")}, "outageStartSeconds"),
        ({"bootSeconds": -1}, "bootSeconds"),
        ({"stallsPerSecond": -1}, "stallsPerSecond"),
        ({"stallMilliseconds": float("inf")}, "stallMilliseconds"),
        ({"searchesInFlight": 0}, "searchesInFlight"),
        ({"bootTime": 10}, "bootTime"),
    ],
)
def test_an_impossible_parameter_is_refused_by_its_name(changes: dict[str, Any], parameter: str) -> None:
    with pytest.raises(ValidationError) as caught:
        model_with(changes)
    assert caught.value.errors()[0]["loc"] == (parameter,)


def test_the_default_model_has_no_stalls_and_lets_everybody_in() -> None:
    found = default_model()
    assert (found.stalls_per_second, found.stall_milliseconds, found.searches_in_flight) == (0.0, 0.0, None)


def test_stalls_are_told_to_the_queue_in_service_times() -> None:
    queue = model(searchMilliseconds=10, stallsPerSecond=2, stallMilliseconds=50).queue(0.01)
    assert (queue.stalls, queue.stall) == pytest.approx((0.02, 5.0))


def test_every_parameter_has_a_default() -> None:
    with pytest.raises(ValidationError):
        type(default_model()).model_validate({})


@pytest.mark.parametrize(
    ("serving", "copying", "left"),
    [(4, 0, 4.0), (4, 1, 3.75), (4, 4, 3.0), (1, 2, 0.5625), (2, 3, 1.3125), (0, 3, 0.0)],
)
def test_each_new_copy_takes_its_share_of_one_serving_copy(serving: int, copying: int, left: float) -> None:
    assert model(copyInterference=0.25).effective_copies(serving, copying) == pytest.approx(left)


def test_writes_take_cores_from_searches_and_at_most_all() -> None:
    found = model(writeMilliseconds=10, coresPerCopy=4)
    assert found.spare_cores(100) == pytest.approx(3.0)
    assert found.spare_cores(1000) == 0.0


def test_drift_is_reached_at_the_end() -> None:
    found = model(searchMilliseconds=10, searchDrift=0.3)
    assert [found.search_seconds(p) for p in (0, 0.5, 1)] == pytest.approx([0.010, 0.0115, 0.013])
