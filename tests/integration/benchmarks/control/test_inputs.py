"""What a run is given can be read by `vectortier simulate`, and says all of it."""

from pathlib import Path

import pytest

from tests.benchmarks.control.grid import Run
from tests.benchmarks.control.inputs import TIER, Inputs
from vectortier.cli.files import read_spec
from vectortier.cli.simulation.files import read_load, read_model
from vectortier.simulate.policies.bounds import bounds_of


def option(command: list[str], name: str) -> str:
    return command[command.index(name) + 1]


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return Inputs(tmp_path)


def test_a_run_is_one_command_that_anybody_can_repeat(inputs: Inputs) -> None:
    command = list(inputs.command(Run("bursty", "drift-up", "hpa-cpu=60")))
    assert command[1] == "simulate"
    given = [option(command, name) for name in ("--policy", "--peak-copies", "--seed", "--output")]
    assert given == ["hpa-cpu=60", "12", "1", "json"]
    assert len(read_load(Path(option(command, "--load"))).searches) == 3600
    assert read_model(Path(option(command, "--model"))).search_drift == 0.3


def test_all_runs_have_the_same_tier_whose_bound_is_far_above_the_peak(inputs: Inputs) -> None:
    commands = [list(inputs.command(Run("bursty", s, p))) for s, p in (("base", "vectortier"), ("outage", "hpa-p99"))]
    assert {option(command, "--filename") for command in commands} == {str(TIER)}
    bounds = bounds_of(read_spec(TIER))
    assert (bounds.least, bounds.most) == (1, 50)


def test_the_sawtooth_has_the_period_of_its_setting_and_other_loads_are_written_once(inputs: Inputs) -> None:
    settings = ("base", "delay-45", "delay-600", "drift-up")
    teeth = [option(list(inputs.command(Run("sawtooth", s, "oracle"))), "--load") for s in settings]
    assert len(set(teeth)) == 3
    assert teeth[0] == teeth[3]
    assert len({option(list(inputs.command(Run("step", s, "oracle"))), "--load") for s in settings}) == 1


def test_the_outage_is_where_the_load_says(inputs: Inputs) -> None:
    models = [option(list(inputs.command(Run(load, "outage", "oracle"))), "--model") for load in ("bursty", "step")]
    assert [read_model(Path(path)).outage_start_seconds for path in models] == [1200, 4800]
