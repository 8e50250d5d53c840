"""Whatever the schema or a rule of a VectorTier refuses is refused in a file too, with the field that is wrong."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.api.breakers import broken_rules
from tests.unit.api.paths import merged
from tests.unit.api.schemas import SCHEMAS
from tests.unit.api.specimens import FULL_TIER, SMALL_TIER, SPECIMENS
from tests.unit.api.violations import Violation, violations
from vectortier.admission.verdict import RefusedError, admitted
from vectortier.api.vectortier import VectorTierSpec

KIND = "VectorTier"
GIVEN = (KIND, SCHEMAS[KIND], SPECIMENS[KIND])
IN_SPEC = [case for case in violations(*GIVEN) if case.path[0] != "status"]
RULES = [case for case in broken_rules(*GIVEN) if not case.bound.startswith("transition")]


CONTRADICTIONS = [
    pytest.param(content, id=path.stem)
    for path in sorted((Path(__file__).parent / "contradictions").glob("*.yaml"))
    if (content := yaml.safe_load(path.read_text(encoding="utf-8")))["kind"] == KIND and "before" not in content
]
"""As somebody would write them; what contradicts only what was there before is no matter of a file."""


def refusal(document: dict[str, Any]) -> str:
    with pytest.raises(RefusedError) as refused:
        admitted(document)
    return str(refused.value)


def test_there_are_cases() -> None:
    assert len(IN_SPEC) > 100
    assert len(RULES) > 20


@pytest.mark.parametrize("case", IN_SPEC, ids=str)
def test_a_bound_that_is_broken_is_named_with_its_place(case: Violation) -> None:
    assert case.expected[0] in refusal(case.broken)


@pytest.mark.parametrize("case", RULES, ids=str)
def test_a_rule_that_does_not_hold_says_what_the_api_server_says(case: Violation) -> None:
    said = refusal(case.broken)
    assert [part for part in case.expected if part not in said] == []


@pytest.mark.parametrize("contradiction", CONTRADICTIONS)
def test_what_contradicts_itself_is_refused_as_by_the_api_server(contradiction: dict[str, Any]) -> None:
    assert contradiction["refused"][0] in refusal(merged(SMALL_TIER, contradiction["change"]))


@pytest.mark.parametrize("specimen", SPECIMENS[KIND])
def test_what_is_valid_is_let_in_as_it_is(specimen: dict[str, Any]) -> None:
    assert admitted(specimen).spec == VectorTierSpec.model_validate(specimen["spec"])


def test_a_spec_alone_is_enough() -> None:
    assert admitted({"kind": KIND, "spec": FULL_TIER["spec"]}).spec == admitted(FULL_TIER).spec


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "Pod"}, "holds Pod, not a VectorTier"),
        (
            {"apiVersion": "vectortier.dev/v1"},
            "apiVersion is 'vectortier.dev/v1', but must be 'vectortier.dev/v1alpha1'",
        ),
        ({"spec": ["nodes"]}, "spec is ['nodes'], but must be an object"),
        ({"metadata": "tickets"}, "metadata is 'tickets', but must be an object"),
        ({"metadata": {"name": 7}}, "metadata.name: Input should be a valid string, but it is 7"),
        (
            {"metadata": {"annotations": {"vectortier.dev/fixed-nodes": 3}}},
            "metadata.annotations.vectortier.dev/fixed-nodes: Input should be a valid string, but it is 3",
        ),
        ({"spec": {}}, "spec.slo is absent, but must be given"),
        (
            {"metadata": {"name": "tickets", "annotations": {"vectortier.dev/pause": "yes"}}},
            "the annotation vectortier.dev/pause is 'yes', but must be 'true' or 'false'",
        ),
    ],
)
def test_what_is_no_tier_is_refused(change: dict[str, Any], said: str) -> None:
    assert refusal({**FULL_TIER, **change}) == said


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (
            {"damping": {"scaleOut": {"cooldown": 60}}},
            "spec.damping.scaleOut.cooldown is not known, but must be one of",
        ),
        ({"slo": {"search": {"p99_milliseconds": 250}}}, "spec.slo.search.p99_milliseconds is not known"),
        ({"weaviate": {"env": [{"key": "A"}]}}, "spec.weaviate.env[0].key is not known"),
        ({"nodes": {"max": "3"}}, "spec.nodes.max: Input should be a valid integer, but it is '3'"),
        ({"nodes": {"max": 3.5}}, "spec.nodes.max: Input should be a valid integer, but it is 3.5"),
    ],
)
def test_what_would_be_dropped_or_made_to_fit_is_refused(spec: dict[str, Any], said: str) -> None:
    assert refusal({"kind": KIND, "spec": {"slo": FULL_TIER["spec"]["slo"], **spec}}).startswith(said)


def test_null_is_absent_and_a_whole_number_may_have_a_point() -> None:
    bare = {"slo": {"search": {"p99Milliseconds": 250.0, "minRequests": None}}, "rotation": None, "nodes": None}
    assert admitted({"kind": KIND, "spec": bare}) == admitted(
        {"kind": KIND, "spec": {"slo": {"search": {"p99Milliseconds": 250}}}}
    )


def test_a_date_is_its_text() -> None:
    dated = {**FULL_TIER["spec"], "weaviate": {"nodeSelector": {"since": date(2026, 1, 2)}}}
    assert admitted({"kind": KIND, "spec": dated}).spec.weaviate.node_selector == {"since": "2026-01-02"}


def test_what_is_there_twice_need_not_be_side_by_side() -> None:
    tenancy = {"classes": [{"name": "gold", "tenants": ["acme", "other", "acme"]}]}
    said = refusal({"kind": KIND, "spec": {"slo": FULL_TIER["spec"]["slo"], "tenancy": tenancy}})
    assert said == "spec.tenancy.classes[0].tenants[2] is 'acme', but must be there only once"


def test_a_tenant_in_two_classes_is_refused_as_by_the_operator() -> None:
    classes = [{"name": name, "tenants": ["acme"]} for name in ("gold", "free")]
    said = refusal({"kind": KIND, "spec": {"slo": FULL_TIER["spec"]["slo"], "tenancy": {"classes": classes}}})
    assert said.startswith("tenancy.classes[free].tenants has 'acme', but a tenant must be in one class only")
