"""`vectortier simulate`: what it prints, and what it says about files that cannot be used."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from vectortier.cli import main

TIER = {
    "kind": "VectorTier",
    "spec": {
        "nodes": {"min": 1, "max": 8},
        "copies": {"min": 1, "max": 8},
        "slo": {"search": {"p99Milliseconds": 8}},
    },
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A tier and a load of an hour that rises and falls."""
    (tmp_path / "tier.yaml").write_text(yaml.safe_dump(TIER))
    rates = [100 + abs(1800 - i) for i in range(3600)]
    (tmp_path / "load.csv").write_text("qps\n" + "".join(f"{rate}\n" for rate in rates))
    return tmp_path


def simulate(files: Path, *options: str) -> Result:
    given = ["simulate", "-f", str(files / "tier.yaml"), "--load", str(files / "load.csv"), *options]
    return CliRunner().invoke(main, given)


def test_json_has_the_fields_that_others_rely_on(files: Path) -> None:
    done = simulate(files, "--policy", "hpa-cpu=60", "--peak-copies", "4", "--output", "json")
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert figures["policy"] == "hpa-cpu=60"
    assert figures["intervals"] == 240
    for name in ("violating_intervals_percent", "violating_requests_percent", "replica_hours", "oracle_replica_hours"):
        assert figures[name] >= 0
    assert {"shard_copies", "gigabytes_moved", "reversals"} <= set(figures)
    assert {"t", "action", "reason", "message", "nodes", "copies"} == set(figures["decisions"][0])


def test_the_operators_own_policy_is_the_default(files: Path) -> None:
    done = simulate(files, "--peak-copies", "3")
    assert done.exit_code == 0, done.output
    assert "policy                            vectortier" in done.stdout


def test_peak_copies_are_enough_and_one_fewer_is_not(files: Path) -> None:
    enough = json.loads(simulate(files, "--policy", "static=4", "--peak-copies", "4", "--output", "json").stdout)
    fewer = json.loads(simulate(files, "--policy", "static=3", "--peak-copies", "4", "--output", "json").stdout)
    assert enough["violating_intervals_percent"] == 0.0
    assert fewer["violating_intervals_percent"] > 0.0


def test_a_model_file_changes_what_it_names(files: Path) -> None:
    (files / "model.yaml").write_text("copyBytesPerSecond: 2000000000\n")
    options = ("--policy", "oracle", "--peak-copies", "4", "--output", "json")
    quick = json.loads(simulate(files, "--model", str(files / "model.yaml"), *options).stdout)
    slow = json.loads(simulate(files, *options).stdout)
    assert quick["oracle_replica_hours"] < slow["oracle_replica_hours"]
    assert slow["replica_hours"] == slow["oracle_replica_hours"]


@pytest.mark.parametrize(
    ("load", "said"),
    [
        ("", "load.csv: the file is empty"),
        ("qps\n1\n-1\n", "load.csv:3: qps is -1, but must not be negative"),
        ("qps\n1\nNaN\n", "load.csv:3: qps is NaN, but must be a finite number"),
        ("timestamp\n2\n1\n", "load.csv:3: the timestamp is earlier than the one before it"),
        ("qps\n1\n\n2\n", "load.csv:3: the line is empty: a load must have no gaps"),
    ],
)
def test_a_load_that_cannot_be_used_is_named_with_its_line(files: Path, load: str, said: str) -> None:
    (files / "load.csv").write_text(load)
    assert_refused(simulate(files), said)


def test_a_load_that_cannot_be_read_is_named(files: Path) -> None:
    (files / "load.csv").unlink()
    assert_refused(simulate(files), "load.csv: No such file or directory")
    (files / "load.csv").write_bytes(b"qps\n\xff\n")
    assert_refused(simulate(files), "load.csv is not text in UTF-8")


def test_a_load_without_searches_cannot_be_scaled(files: Path) -> None:
    (files / "load.csv").write_text("qps\n0\n0\n")
    assert_refused(simulate(files, "--peak-copies", "2"), "the load has no searches at its peak")


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("copyInterference: 1.5", "model.yaml: copyInterference: Input should be less than 1, but it is 1.5"),
        ("coresPerCopy: none", "model.yaml: coresPerCopy"),
        ("speed: 3", "model.yaml: speed: Extra inputs are not permitted"),
        ("[1]", "model.yaml does not hold parameters"),
        ("{", "cannot read"),
    ],
)
def test_a_model_that_cannot_be_is_refused_by_the_name_of_the_parameter(files: Path, model: str, said: str) -> None:
    (files / "model.yaml").write_text(model)
    assert_refused(simulate(files, "--model", str(files / "model.yaml")), said)


def test_a_promise_that_no_tier_could_keep_is_refused(files: Path) -> None:
    (files / "model.yaml").write_text("searchMilliseconds: 8")
    assert_refused(simulate(files, "--model", str(files / "model.yaml")), "the promise of 8 ms cannot be kept")


def test_a_policy_that_is_not_known_is_refused_with_those_that_are(files: Path) -> None:
    assert_refused(simulate(files, "--policy", "magic"), "the policy 'magic' is not known; there are vectortier")


def test_a_long_run_says_how_far_it_has_got_and_a_short_one_nothing(files: Path) -> None:
    assert simulate(files, "--policy", "static=2").stderr == ""
    (files / "load.csv").write_text("qps\n" + "5\n" * 86_400)
    said = simulate(files, "--policy", "static=2").stderr.splitlines()
    assert said[0] == "looking for the optimum"
    assert said[1] == "static=2: simulated 0.1 of 1.0 days"
    assert len(said) == 11


def test_the_default_model_is_shown_with_its_sources_and_can_be_used_as_it_is(files: Path) -> None:
    shown = CliRunner().invoke(main, ["simulate", "--show-model"])
    assert shown.exit_code == 0
    assert "https://" in shown.stdout
    (files / "model.yaml").write_text(shown.stdout)
    options = ("--peak-copies", "3", "--policy", "hpa-p99", "--output", "json")
    assert simulate(files, *options, "--model", str(files / "model.yaml")).stdout == simulate(files, *options).stdout


def test_help_names_the_policies_and_the_forms_of_a_load(files: Path) -> None:
    said = " ".join(simulate(files, "--help").output.split())
    for word in ("hpa-cpu=PERCENT", "oracle", "timestamp", "writes_per_second", "Examples"):
        assert word in said


def assert_refused(done: Result, said: str) -> None:
    """Exit code 1 and one sentence."""
    assert done.exit_code == 1, done.output
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
