"""Every value in the schemas is bounded, and every bound and rule has a case that breaks it."""

import jsonschema
import pytest

from tests.unit.api.breakers import BREAKERS, breaker_of, broken_rules
from tests.unit.api.paths import dotted, value_at
from tests.unit.api.schemas import SCHEMAS
from tests.unit.api.specimens import SPECIMENS
from tests.unit.api.violations import violations, walk
from vectortier.api.cel import VALIDATIONS, JsonSchema
from vectortier.api.field_docs import rule_text

KINDS = sorted(SCHEMAS)


def missing_bounds(schema: JsonSchema) -> list[str]:
    """What a value lacks to be bounded."""
    match schema["type"]:
        case _ if "enum" in schema:
            needed = []
        case "integer":
            needed = ["minimum", "maximum"]
        case "string":
            needed = ["maxLength"]
        case "array":
            needed = ["maxItems", "items", "x-kubernetes-list-type"]
        case "object" if "additionalProperties" in schema:
            return [name for name in ["maxProperties"] if name not in schema] + missing_bounds(
                schema["additionalProperties"]
            )
        case "object":
            needed = ["properties"]
        case other:
            return [f"a type other than {other}"]
    return [name for name in needed if name not in schema]


@pytest.mark.parametrize("kind", KINDS)
def test_every_value_is_bounded(kind: str) -> None:
    unbounded = {dotted(path): missing_bounds(field) for path, field in walk(SCHEMAS[kind]) if missing_bounds(field)}

    assert unbounded == {}


@pytest.mark.parametrize("kind", KINDS)
def test_every_value_is_described(kind: str) -> None:
    silent = [
        dotted(path)
        for path, field in walk(SCHEMAS[kind])
        if path and path[0] != "metadata" and path[-1] != 0 and not field.get("description", "").endswith((".", ".'"))
    ]

    assert silent == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_structural_schemas_forbid_is_absent(kind: str) -> None:
    forbidden = {"$ref", "$defs", "title", "anyOf", "const", "uniqueItems", "exclusiveMinimum", "propertyNames"}

    assert {
        dotted(path): sorted(forbidden & set(field)) for path, field in walk(SCHEMAS[kind]) if forbidden & set(field)
    } == {}


@pytest.mark.parametrize("kind", KINDS)
def test_specimens_are_valid(kind: str) -> None:
    validator = jsonschema.Draft202012Validator(SCHEMAS[kind])

    assert [error.message for specimen in SPECIMENS[kind] for error in validator.iter_errors(specimen)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_generated_case_breaks_the_bound_that_it_names(kind: str) -> None:
    """Offline and at its own place only, as far as JSON Schema goes; the API server judges the rest."""
    places = dict(walk(SCHEMAS[kind]))
    accepted = []
    for case in violations(kind, SCHEMAS[kind], SPECIMENS[kind]):
        place = case.path if case.path in places and case.bound != "required" else case.path[:-1]
        valid = jsonschema.Draft202012Validator(places[place]).is_valid(value_at(case.broken, place))
        if valid and case.bound not in ("duplicate", "format"):
            accepted.append(str(case))

    assert accepted == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_bound_has_a_case(kind: str) -> None:
    bounds = {"minimum", "maximum", "maxLength", "pattern", "enum", "minItems", "maxItems", "maxProperties", "format"}
    stated = {
        (dotted(path), bound)
        for path, field in walk(SCHEMAS[kind])
        if path and path[0] != "metadata"
        for bound in bounds & set(field)
        if not (bound == "format" and field["type"] == "integer")
    }

    assert (
        stated - {(dotted(case.path), case.bound) for case in violations(kind, SCHEMAS[kind], SPECIMENS[kind])} == set()
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_rule_has_a_case_that_changes_the_object(kind: str) -> None:
    rules = [rule for _, field in walk(SCHEMAS[kind]) for rule in field.get(VALIDATIONS, [])]
    cases = list(broken_rules(kind, SCHEMAS[kind], SPECIMENS[kind]))

    assert len(cases) == len(rules) > 0
    assert [str(case) for case in cases if case.broken in SPECIMENS[kind]] == []


def test_no_case_is_left_from_a_rule_that_is_gone() -> None:
    messages = [
        rule_text(rule)
        for schema in SCHEMAS.values()
        for _, field in walk(schema)
        for rule in field.get(VALIDATIONS, [])
    ]

    assert set(BREAKERS) == {breaker_of(message) for message in messages}
