"""Every folder of tests/scenarios: from what was observed to what is decided and reported."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import yamlfiles
from vectortier.api.status import VectorTierStatus
from vectortier.api.vectortier import VectorTierSpec
from vectortier.decide.tier import decide
from vectortier.model.observation import Observation
from vectortier.model.outcome import ActionOutcome
from vectortier.model.plan import Plan
from vectortier.report.status import build_status

ROOT = Path(__file__).parents[2] / "scenarios"
FOLDERS = sorted(p.parent for p in ROOT.glob("*/observed.yaml"))
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def read(path: Path) -> Any:
    return yamlfiles.load(path.read_text())


def dumped(value: Plan | VectorTierStatus) -> str:
    # What was learned has tests of its own: here it would be the same few lines in every folder.
    left_out = {"learned"} if isinstance(value, Plan) else set()
    data = value.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=left_out)
    if isinstance(value, Plan) and value.action is not None:
        data["action"] = {"type": value.action.type, **data["action"]}
    return yaml.dump(data, Dumper=DUMPER, sort_keys=False, width=120, allow_unicode=True)


def compare(path: Path, text: str, update: bool) -> None:
    if update:
        path.write_text(text)
    assert path.exists(), "run with --update-golden, and read what it writes"
    if text != path.read_text():
        assert yamlfiles.load(text) == read(path)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_scenario(folder: Path, update_golden: bool) -> None:
    spec = VectorTierSpec.model_validate(read(folder / "tier.yaml")["spec"])
    observed = Observation.model_validate(read(folder / "observed.yaml"))
    before = folder / "previous.yaml"
    previous = VectorTierStatus.model_validate(read(before)) if before.exists() else VectorTierStatus()
    plan = decide(spec, observed, observed.now)
    status = build_status(spec, observed, plan, ActionOutcome(), previous, observed.now)
    compare(folder / "plan.yaml", dumped(plan), update_golden)
    compare(folder / "status.yaml", dumped(status), update_golden)


def test_there_are_scenarios() -> None:
    assert len(FOLDERS) >= 25
