"""`simulate --compare`: two tier files, the same load."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from tests.unit.cli.test_simulate import TIER, assert_refused
from vectortier.cli import main


@pytest.fixture
def files(tmp_path: Path) -> Path:
    smaller = {"nodes": {"min": 1, "max": 2}, "copies": {"min": 1, "max": 2}}
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(TIER))
    (tmp_path / "b.yaml").write_text(yaml.safe_dump({**TIER, "spec": {**TIER["spec"], **smaller}}))  # type: ignore[dict-item]
    (tmp_path / "load.csv").write_text("qps\n" + "".join(f"{100 + abs(1800 - i)}\n" for i in range(3600)))
    return tmp_path


def compare(files: Path, *options: str) -> Result:
    given = ["--compare", str(files / "a.yaml"), str(files / "b.yaml"), "--load", str(files / "load.csv")]
    return CliRunner().invoke(main, ["simulate", *given, "--policy", "hpa-cpu=60", "--peak-copies", "4", *options])


def test_each_is_what_it_would_be_alone(files: Path) -> None:
    both = json.loads(compare(files, "--policy", "vectortier", "--seed", "7", "--output", "json").stdout)
    for name, found in zip(("a.yaml", "b.yaml"), both["tiers"], strict=True):
        options = ["--load", str(files / "load.csv"), "--peak-copies", "4", "--seed", "7", "-o", "json"]
        alone = CliRunner().invoke(main, ["simulate", "-f", str(files / name), *options])
        assert found == {"tier": str(files / name), **json.loads(alone.stdout)}


def test_the_load_is_scaled_once_by_the_promise_of_the_first(files: Path) -> None:
    slower = {**TIER["spec"], "slo": {"search": {"p99Milliseconds": 20}}}  # type: ignore[dict-item]
    (files / "b.yaml").write_text(yaml.safe_dump({**TIER, "spec": slower}))
    first, second = json.loads(compare(files, "--policy", "oracle", "--output", "json").stdout)["tiers"]
    assert second["oracle_replica_hours"] < first["oracle_replica_hours"], "the same load, an easier promise"


@pytest.mark.parametrize(("output", "begins"), [("text", " " * 20), ("html", "<!doctype html>")])
def test_it_is_for_people_as_well(files: Path, output: str, begins: str) -> None:
    done = compare(files, "--output", output)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(begins)
    assert "copies.max" in done.stdout


def test_a_file_that_cannot_be_used_is_named(files: Path) -> None:
    (files / "b.yaml").write_text("kind: Pod")
    assert_refused(compare(files), "b.yaml: holds Pod, not a VectorTier")


def test_it_is_one_tier_or_two(files: Path) -> None:
    both = compare(files, "-f", str(files / "a.yaml"))
    neither = CliRunner().invoke(main, ["simulate", "--load", str(files / "load.csv")])
    assert {both.exit_code, neither.exit_code} == {1}
    assert "give either -f FILE or --compare A B" in both.stderr
    assert "give either -f FILE or --compare A B" in neither.stderr
