"""The order of the runs is fair to every setting."""

from __future__ import annotations

import pytest

from tests.benchmarks.copyruns import DEFAULT_RUNS, SETTINGS, parse, rounds


def test_every_round_has_every_setting_and_way_once() -> None:
    found = list(rounds(parse(DEFAULT_RUNS), 3, seed=1))
    for number in (1, 2, 3):
        ways = [f"{setting.name}:{way}" for of, setting, ways in found if of == number for way in ways]
        assert sorted(ways) == sorted(DEFAULT_RUNS)


def test_the_order_differs_between_rounds_and_is_the_same_for_a_seed() -> None:
    found = list(rounds(parse(DEFAULT_RUNS), 3, seed=1))
    orders = {tuple(setting.name for of, setting, _ in found if of == number) for number in (1, 2, 3)}
    assert len(orders) == 3
    assert found == list(rounds(parse(DEFAULT_RUNS), 3, seed=1))


@pytest.mark.parametrize("run", ["default:warm", "defaults", "defaults:hot", ""])
def test_a_run_that_does_not_exist_is_refused_with_those_that_do(run: str) -> None:
    with pytest.raises(ValueError, match=r"1-worker-64KiB.*naive"):
        parse([run])


def test_each_setting_reaches_the_environment_of_weaviate() -> None:
    spec = SETTINGS["1-worker-64KiB"].spec()
    assert {one["name"]: one["value"] for one in spec["weaviate"]["env"]} == {
        "REPLICATION_ENGINE_FILE_COPY_WORKERS": "1",
        "REPLICATION_ENGINE_FILE_COPY_CHUNK_SIZE": "65536",
    }
