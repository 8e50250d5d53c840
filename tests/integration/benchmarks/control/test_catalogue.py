"""The loads of the benchmark: all that were asked for, fixed, and recorded ones as they were recorded."""

import hashlib
from pathlib import Path

import pytest

from tests.benchmarks.control.inputs import write_load
from tests.benchmarks.control.loads.catalogue import LOADS, TRACES
from vectortier.simulate.load.loadfile import parse_load
from vectortier.simulate.rates import INTERVAL_SECONDS

SHORT = [name for name, load in LOADS.items() if load.seconds <= 18_000]
RECORDED = {
    "bursty": "5a803f3758a8f4bf",
    "diurnal": "a7745da131b51eab",
}
"""The first digits of their files' SHA-256."""


def test_every_load_of_the_benchmark_is_there_once() -> None:
    generated = {"step", "spike", "ramp", "sawtooth", "flash-crowd", "slow-leak", "batch-import", "two-weeks"}
    assert set(LOADS) == generated | set(RECORDED)
    seeds = [load.seed for load in LOADS.values() if load.seed is not None]
    assert len(set(seeds)) == len(generated), "loads with the same seed would be restless in step"


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_load_is_as_it_was_published_and_says_whose_it_is(name: str) -> None:
    assert hashlib.sha256((TRACES / f"{name}.txt").read_bytes()).hexdigest().startswith(RECORDED[name])
    assert "Copyright (c) Microsoft Corporation." in (TRACES / "LICENSE.txt").read_text()
    assert f"`{name}.txt`" in (TRACES / "README.md").read_text()


@pytest.mark.parametrize("name", SHORT)
def test_a_load_is_as_long_as_it_says_in_whole_intervals(name: str) -> None:
    load = LOADS[name]
    assert len(load.make(165).searches) == load.seconds
    assert load.seconds % INTERVAL_SECONDS == 0


@pytest.mark.parametrize("name", SHORT)
def test_a_load_is_the_same_each_time_and_differs_with_the_time_of_a_copy_only_if_it_says_so(name: str) -> None:
    load = LOADS[name]
    first, again, slower = load.make(165), load.make(165), load.make(600)
    assert first == again
    assert (first != slower) == load.follows_copies == (name == "sawtooth")


def test_only_the_import_writes() -> None:
    assert [name for name in SHORT if any(LOADS[name].make(165).writes)] == ["batch-import"]


def test_a_file_holds_the_load_that_is_written_into_it(tmp_path: Path) -> None:
    rates = LOADS["batch-import"].make(165)
    write_load(tmp_path / "load.csv", rates)
    with (tmp_path / "load.csv").open() as lines:
        read = parse_load(lines)
    assert read.searches == pytest.approx(rates.searches, abs=0.001)
    assert read.writes == pytest.approx(rates.writes, abs=0.001)
