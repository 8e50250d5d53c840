"""`plan` and `explain`: the operator's own decision, from files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from tests import yamlfiles
from vectortier.cli import main
from vectortier.cli.files import read_tier
from vectortier.model.observation import Identity, Observation
from vectortier.model.plan import Plan
from vectortier.model.value import Unknown
from vectortier.runtime.record import Recorder

ROOT = Path(__file__).parents[3]
TIER = {"kind": "VectorTier", "spec": {"slo": {"search": {"p99Milliseconds": 250}}}}


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """A tier, and a recording in which nothing could be read."""
    blind = Unknown(reason="WeaviateUnreachable", message="no answer")
    tier = Identity(namespace="search", name="tickets", uid="u", generation=1)
    observed = Observation(now=1.7e9, tier=tier, workload=blind, database=blind, load=blind, journal=blind)
    (tmp_path / "tier.yaml").write_text(yaml.safe_dump(TIER))
    spec = read_tier(tmp_path / "tier.yaml").spec
    plan = Plan(reason="WeaviateUnreachable", message="no answer", nodes=1, copies=1)
    recorded = Recorder(tmp_path, 10).record(spec, observed, plan)
    assert recorded == tmp_path / "search" / "tickets" / "1700000000000.yaml"
    return ["-f", str(tmp_path / "tier.yaml"), "--observation", str(recorded)]


def test_a_hold_ends_with_0_and_says_why(files: list[str]) -> None:
    done = CliRunner().invoke(main, ["plan", *files, "-o", "json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["action"] is None


def test_explain_says_it_in_sentences(files: list[str]) -> None:
    done = CliRunner().invoke(main, ["explain", *files])
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("Nothing is done: ")
    assert "What to do: " in done.stdout


def test_a_scenario_that_acts_ends_with_2() -> None:
    acting = [
        folder
        for folder in sorted((ROOT / "tests" / "scenarios").iterdir())
        if (folder / "plan.yaml").exists() and (yamlfiles.load((folder / "plan.yaml").read_text()) or {}).get("action")
    ]
    assert acting, "there are scenarios that act"
    folder = acting[0]
    arguments = ["plan", "-f", str(folder / "tier.yaml"), "--observation", str(folder / "observed.yaml")]
    assert CliRunner().invoke(main, arguments).exit_code == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "cannot read"),
        ("kind: VectorTier\nkind: VectorTier", "tier.yaml, line 2, column 1: 'kind' is there twice"),
        ("a: [", "tier.yaml, line 1, column 5: expected the node content, but found"),
        ("[" * 100_000, "tier.yaml: it is nested too deeply"),
        ("{kind: VectorTier, spec: {mode: null, mood: null}}", "spec.mood is not known"),
        ("kind: VectorTier\nsince: 2026-13-45", "month must be in 1..12"),
        ("[]", "does not hold one YAML object"),
        ("kind: Pod", "holds Pod, not a VectorTier"),
        ("{kind: VectorTier, spec: {slo: {search: {p99Milliseconds: soon}}}}", "spec.slo.search.p99Milliseconds"),
        (
            "{kind: VectorTier, spec: {nodes: {min: 3}, slo: {search: {p99Milliseconds: 250}}}}",
            "spec.nodes.min: min is 3, but must be at most max, which is 1",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_what_is_wrong(files: list[str], text: str, said: str) -> None:
    Path(files[1]).write_text(text)
    done = CliRunner().invoke(main, ["plan", *files])
    assert done.exit_code == 1
    assert said in done.output


def test_a_file_that_is_not_text_or_not_there_is_named(files: list[str]) -> None:
    Path(files[1]).write_bytes(b"kind: \xff")
    assert "cannot read" in CliRunner().invoke(main, ["plan", *files]).stderr
    Path(files[1]).unlink()
    done = CliRunner().invoke(main, ["plan", *files])
    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)
    assert "No such file or directory" in done.stderr


def test_an_observation_that_cannot_be_used_is_named_with_what_is_wrong(files: list[str]) -> None:
    Path(files[3]).write_text("now: soon")
    done = CliRunner().invoke(main, ["plan", *files])
    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)
    assert f"{files[3]}: now: " in done.stderr


@pytest.mark.parametrize("path", [*ROOT.glob("tests/scenarios/*/tier.yaml"), *ROOT.glob("manifests/examples/*.yaml")])
def test_every_tier_of_ours_would_be_let_in(path: Path) -> None:
    assert read_tier(path).spec.nodes.max >= 1


@pytest.mark.parametrize("command", ["run", "plan", "explain", "await-name", "drain-gateway", "version"])
def test_every_command_explains_itself(command: str) -> None:
    done = CliRunner().invoke(main, [command, "--help"])
    assert done.exit_code == 0
    assert done.output.startswith("Usage: ")


@pytest.mark.parametrize("header", ["tenant", ": us"])
def test_a_header_without_a_name_or_a_colon_is_refused(header: str) -> None:
    done = CliRunner().invoke(main, ["run", "--prometheus-header", header])
    assert done.exit_code == 1
    assert f"'{header}' is no header" in done.output


def test_every_option_can_come_from_the_environment() -> None:
    environment = {
        "VECTORTIER_NAMESPACES": "search archive",
        "VECTORTIER_OPERATOR_IMAGE": "vectortier/operator:0.1.0",
        "VECTORTIER_XDS_ADDRESS": "xds:18000",
        "VECTORTIER_PROMETHEUS_URL": "http://prometheus:9090",
        "VECTORTIER_LEASE_SECONDS": "1",
    }
    done = CliRunner().invoke(main, ["run"], env=environment)
    assert done.exit_code == 1
    assert "'--lease-seconds'" in done.output, "all others were found, so the one that is too small is complained of"
