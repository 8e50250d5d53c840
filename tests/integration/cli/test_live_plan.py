"""`vectortier plan TIER`: the operator's own decision about a live tier, and no write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from tests.integration.rig import TIER, Rig, await_so, tier_spec
from vectortier.cli import main


@pytest.fixture
def settled(rig: Rig) -> Rig:
    """A tier that is well, whose operator has stopped."""
    operator = rig.operator().await_ready()
    rig.start_tier()
    await_so("SLOMet", lambda: rig.condition("SLOMet").get("status") == "True", 60)
    assert operator.terminate() == 0
    return rig


def plan(rig: Rig, *options: str, weaviate: str | None = None, tier: str = TIER) -> Result:
    arguments = ["plan", tier, "-n", rig.namespace, "--kubeconfig", str(rig.kubeconfig)]
    services = ["--prometheus-url", rig.prometheus.url, "--weaviate-url", weaviate or rig.bridge.url_template]
    return CliRunner().invoke(main, [*arguments, *services, *options])


def test_a_plan_says_what_would_be_done_and_writes_nothing(settled: Rig) -> None:
    before = settled.versions()
    well = plan(settled)
    assert well.exit_code == 0, well.output
    assert well.output.startswith("Nothing is done: ")
    assert "(WithinSLO)" in well.output.splitlines()[0]
    settled.break_slo()
    missed = plan(settled)
    assert missed.exit_code == 2, missed.output
    assert missed.output.startswith("ScaleOut begins: ")
    assert "Copy, Ticket/S1, " in missed.output
    asked = json.loads(plan(settled, "-o", "json").output)
    assert asked["action"]["operation"]["nodes"] == 2
    assert settled.versions() == before


def test_a_file_in_place_of_the_live_spec(settled: Rig, tmp_path: Path) -> None:
    before, path = settled.versions(), tmp_path / "changed.yaml"

    def write(**changes: object) -> None:
        path.write_text(yaml.safe_dump({"kind": "VectorTier", "spec": {**tier_spec(), **changes}}))

    write()
    assert plan(settled, "-f", str(path)).exit_code == 0, "the same spec changes nothing"
    write(gateway={"replicas": 2})
    changed = plan(settled, "-f", str(path))
    assert changed.exit_code == 2, changed.output
    assert f"  Deployment {TIER}-gateway: spec.replicas\n" in changed.output
    settled.break_slo()
    write(nodes={"min": 1, "max": 1}, copies={"min": 1, "max": 1})
    bounded = plan(settled, "-f", str(path))
    assert "(AtMax" in bounded.output.splitlines()[0], bounded.output
    assert settled.versions() == before


def test_a_weaviate_that_cannot_be_reached_is_a_hold_that_says_so(settled: Rig) -> None:
    done = plan(settled, weaviate="http://127.0.0.1:9")
    assert done.exit_code == 0, done.output
    assert "(WeaviateUnreachable)" in done.output.splitlines()[0]


def test_a_tier_that_is_not_there_is_named(rig: Rig) -> None:
    done = plan(rig, tier="letters")
    assert done.exit_code == 1
    assert f"there is no VectorTier letters in the namespace {rig.namespace}" in done.output
    unknown = CliRunner().invoke(main, ["explain", "letters", "-n", rig.namespace, "--kubeconfig", str(rig.kubeconfig)])
    assert unknown.exit_code == 1
    assert "there is no VectorTier letters" in unknown.output
