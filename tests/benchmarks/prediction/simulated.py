"""What `vectortier simulate` says of a run: its files, and its verdict on every interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from vectortier.api.vectortier import VectorTierSpec
from vectortier.simulate.model import TierModel
from vectortier.simulate.rates import Rates
from vectortier.simulate.simulation import prepare, simulate
from vectortier.simulate.summary import violating

POLICY = "static=1"
_SEED = 1
"""Without noise in what a policy sees, and with a policy that looks at nothing, every seed gives the same."""


@dataclass(frozen=True)
class Verdict:
    """What the model says of one interval: the share of bad searches, and the chance that it violates (both 0..1)."""

    bad: float
    violating: float


def verdicts(spec: Mapping[str, Any], model: TierModel, offered: Sequence[float]) -> list[Verdict]:
    """One copy under so many searches in each second. Raises NoCapacityError."""
    tier = VectorTierSpec.model_validate(spec)
    setting = prepare(tier, Rates(offered, [0.0] * len(offered)), model, POLICY)
    ran = simulate(setting, POLICY, _SEED).run
    return [Verdict(one.bad_fraction, violating(one)) for one in ran.intervals]


def write_inputs(folder: Path, spec: Mapping[str, Any], parameters: Mapping[str, float | int]) -> None:
    """The tier and the model as files for the command."""
    folder.mkdir(parents=True, exist_ok=True)
    tier = {"kind": "VectorTier", "metadata": {"name": "prediction", "namespace": "bench"}, "spec": dict(spec)}
    (folder / "tier.yaml").write_text(yaml.safe_dump(tier, sort_keys=False))
    (folder / "model.yaml").write_text(yaml.safe_dump(dict(parameters), sort_keys=False))


def write_load(folder: Path, name: str, offered: Sequence[int]) -> None:
    """What was offered in a run, as a load for the command."""
    (folder / f"{name}.csv").write_text("\n".join(["qps", *map(str, offered)]) + "\n")
