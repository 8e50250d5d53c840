"""The demo's tier: the example that everybody can read, and what the demo changes of it."""

from __future__ import annotations

from tests.demo import tier
from tests.yamlfiles import load
from vectortier.api.vectortier import VectorTierSpec


def test_it_is_the_example_but_for_the_wait_before_nodes_are_taken_away() -> None:
    made, example = tier.manifest(), load(tier.EXAMPLE.read_text())
    assert made["spec"]["damping"].pop("scaleIn") == {"stabilizationWindowSeconds": 180}
    example["spec"]["damping"].pop("scaleIn", None)
    assert made == example


def test_the_operator_accepts_it() -> None:
    spec = VectorTierSpec.model_validate(tier.manifest()["spec"])
    assert spec.damping.scale_in.stabilization_window_seconds == 180
    assert spec.damping.scale_in.stabilization_window_seconds >= spec.damping.scale_out.stabilization_window_seconds
