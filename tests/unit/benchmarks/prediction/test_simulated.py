"""The verdicts that are compared are those of `vectortier simulate` on the files that are left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.benchmarks.prediction.simulated import POLICY, verdicts, write_inputs, write_load
from tests.benchmarks.stage import small_spec
from vectortier.cli import main
from vectortier.simulate.model import model_with

SPEC = small_spec(mode="Observe", nodes={"min": 1, "max": 1}, copies={"min": 1, "max": 1})
PARAMETERS = {
    "searchMilliseconds": 3.2,
    "searchSpread": 0.6,
    "coresPerCopy": 1,
    "stallsPerSecond": 4.0,
    "stallMilliseconds": 40.0,
    "lateSpells": True,
    "searchesInFlight": 1024,
}


def test_the_command_says_the_same_of_the_files(tmp_path: Path) -> None:
    offered = [*[150] * 45, *[280] * 60, *[360] * 30, *[150] * 45]
    found = verdicts(SPEC, model_with(PARAMETERS), offered)
    write_inputs(tmp_path, SPEC, PARAMETERS)
    write_load(tmp_path, "steps-1", offered)
    files = {"-f": "tier.yaml", "--model": "model.yaml", "--load": "steps-1.csv"}
    arguments = [word for option, name in files.items() for word in (option, str(tmp_path / name))]
    done = CliRunner().invoke(main, ["simulate", *arguments, "--policy", POLICY, "--output", "json"])
    assert done.exit_code == 0, done.output
    percent = json.loads(done.stdout)["violating_intervals_percent"]
    assert percent == pytest.approx(100 * sum(one.violating for one in found) / len(found), abs=1e-3)
    assert 20 < percent < 60


def test_a_copy_that_is_far_from_its_capacity_keeps_the_promise_and_one_beyond_it_does_not() -> None:
    found = verdicts(SPEC, model_with(PARAMETERS), [*[80] * 30, *[500] * 30])
    assert [round(one.violating, 2) for one in found] == [0.0, 0.0, 1.0, 1.0]
    assert found[-1].bad > 0.9
