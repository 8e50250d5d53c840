"""For every bound of a schema an object that breaks it and nothing else, made from the schema itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.unit.api.paths import Path, dotted, has, value_at, with_value, without
from vectortier.api.cel import JsonSchema


@dataclass(frozen=True)
class Violation:
    """A broken object, which bound it breaks and what the refusal must contain."""

    kind: str
    path: Path
    bound: str
    broken: dict[str, Any]
    expected: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind}-{dotted(self.path)}-{self.bound}"


def walk(schema: JsonSchema, path: Path = ()) -> Iterator[tuple[Path, JsonSchema]]:
    """Every place of a schema, with the first item standing for all items of a list."""
    yield path, schema
    for name, field in schema.get("properties", {}).items():
        yield from walk(field, (*path, name))
    if "items" in schema:
        yield from walk(schema["items"], (*path, 0))


def violations(kind: str, schema: JsonSchema, specimens: tuple[dict[str, Any], ...]) -> Iterator[Violation]:
    """All violations of the bounds of a schema. Raises LookupError for a place that no specimen has."""
    for path, field in walk(schema):
        if not path or path[0] == "metadata" or path == ("status",):
            continue
        whole = next((specimen for specimen in specimens if has(specimen, path)), None)
        if whole is None:
            raise LookupError(f"no specimen of {kind} has {dotted(path)}: add it to tests/unit/api/specimens.py")
        for bound, value, *expected in _breaking(field, value_at(whole, path)):
            yield Violation(kind, path, bound, with_value(whole, path, value), (dotted(path), *expected))
        for name in field.get("required", []):
            missing = (*path, name)
            yield Violation(kind, missing, "required", without(whole, missing), (dotted(missing), "Required value"))
        entry = field.get("additionalProperties")
        for bound, value, *expected in _breaking(entry, "a") if entry else ():
            broken = with_value(whole, (*path, "entry"), value)
            yield Violation(kind, (*path, "entry"), bound, broken, (dotted((*path, "entry")), *expected))


def _breaking(field: JsonSchema, valid: Any) -> Iterator[tuple[Any, ...]]:
    """The name of each bound, a value that breaks it, and what the API server says about it."""
    kind = field["type"]
    yield "type", 7 if kind == "string" else "seven", f"must be of type {_named_type(field)}"
    if "enum" in field:
        wrong: Any = 2 if kind == "integer" else "Nonsense"
        yield "enum", wrong, "Unsupported value", str(wrong), *(f"{value}" for value in field["enum"])
    match kind:
        case "integer":
            yield from _breaking_number(field)
        case "string":
            yield from _breaking_text(field)
        case "array":
            yield from _breaking_list(field, valid)
        case "object" if "maxProperties" in field:
            most = field["maxProperties"]
            yield "maxProperties", {f"key{n}": "a" for n in range(most + 1)}, str(most + 1), str(most)


def _named_type(field: JsonSchema) -> str:
    """The type as the API server calls it: a text that has a format by its format."""
    kind: str = field["type"]
    return str(field["format"]) if kind == "string" and "format" in field else kind


def _breaking_number(field: JsonSchema) -> Iterator[tuple[Any, ...]]:
    if "minimum" in field:
        least = field["minimum"]
        yield "minimum", least - 1, str(least - 1), f"should be greater than or equal to {least}"
    if "maximum" in field:
        most = field["maximum"]
        yield "maximum", most + 1, f"should be less than or equal to {most}"


def _breaking_text(field: JsonSchema) -> Iterator[tuple[Any, ...]]:
    if field.get("minLength"):
        yield "minLength", "", f"at least {field['minLength']} chars long"
    if "maxLength" in field:
        yield "maxLength", "a" * (field["maxLength"] + 1), "Too long", str(field["maxLength"])
    if "pattern" in field:
        # Every pattern in use refuses a space; the length stays within what is allowed.
        text = " " * max(1, field.get("minLength", 1))
        assert not re.search(field["pattern"], text), field["pattern"]
        yield "pattern", text, f"should match '{field['pattern']}'"
    if field.get("format") == "date-time":
        yield "format", "yesterday", "yesterday", "date-time"


def _breaking_list(field: JsonSchema, valid: list[Any]) -> Iterator[tuple[Any, ...]]:
    if field.get("minItems"):
        yield "minItems", [], f"at least {field['minItems']} items"
    if "maxItems" in field:
        most = field["maxItems"]
        yield "maxItems", _distinct(field, valid[0], most + 1), "Too many", str(most + 1), str(most)
    if field.get("x-kubernetes-list-type") in ("set", "map"):
        yield "duplicate", [valid[0], valid[0]], "Duplicate value"


def _distinct(field: JsonSchema, item: Any, count: int) -> list[Any]:
    """As many items, none of which has the key of another."""
    keys = field.get("x-kubernetes-list-map-keys")
    if keys:
        return [{**item, keys[0]: f"{item[keys[0]]}{number}"} for number in range(count)]
    return [f"{item}{number}" if isinstance(item, str) else item for number in range(count)]
