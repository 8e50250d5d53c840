"""What the API server cannot see: each problem names the field, its value and what would be right."""

from typing import Any

import pytest
from pydantic import ValidationError

from vectortier.api.validation import model_problems, tier_problems
from vectortier.api.vectortier import VectorTierSpec

PROMISE = {"search": {"p99Milliseconds": 250}}


def spec(**fields: Any) -> VectorTierSpec:
    return VectorTierSpec.model_validate({"slo": PROMISE, **fields})


def classes(**tenants: list[str]) -> dict[str, Any]:
    return {"classes": [{"name": name, "tenants": of_class} for name, of_class in tenants.items()]}


def test_a_sound_tier_has_no_problems() -> None:
    sound = spec(nodes={"min": 1, "max": 3}, tenancy=classes(gold=["acme"], free=["globex"]))

    assert tier_problems(sound, {"vectortier.dev/fixed-nodes": "2", "vectortier.dev/pause": "true", "other": "x"}) == []


def test_a_tenant_in_two_classes() -> None:
    problems = tier_problems(spec(tenancy=classes(gold=["acme", "globex"], free=["initech", "acme"])), {})

    assert problems == [
        "tenancy.classes[free].tenants has 'acme', but a tenant must be in one class only, and it is in 'gold' too"
    ]


@pytest.mark.parametrize("value", ["", "0", "7", "-1", "two", "2.0", "²"])
def test_a_fixed_number_of_nodes_outside_of_the_bounds(value: str) -> None:
    (problem,) = tier_problems(spec(nodes={"min": 1, "max": 6}), {"vectortier.dev/fixed-nodes": value})

    assert f"fixed-nodes is '{value}', but must be an integer from nodes.min, which is 1" in problem
    assert "to nodes.max, which is 6" in problem


@pytest.mark.parametrize("switch", ["pause", "pause-scale-in", "pause-rotation"])
def test_a_switch_that_is_neither_on_nor_off(switch: str) -> None:
    (problem,) = tier_problems(spec(), {f"vectortier.dev/{switch}": "yes"})

    assert problem == f"the annotation vectortier.dev/{switch} is 'yes', but must be 'true' or 'false'"


def test_a_stored_object_that_the_models_refuse() -> None:
    with pytest.raises(ValidationError) as refusal:
        spec(nodes={"min": 0, "max": 3})

    (problem,) = model_problems(refusal.value)
    assert problem.startswith("nodes.min is 0, but must be")
    assert "greater than or equal to 1" in problem
