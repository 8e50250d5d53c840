"""What is wrong with a VectorTier as it stands in a file."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vectortier.admission.expression import compiled
from vectortier.api import API_VERSION
from vectortier.api.cel import VALIDATIONS, JsonSchema
from vectortier.api.crd import root_schema
from vectortier.api.validation import first_problem, tier_problems
from vectortier.api.vectortier import VectorTier, VectorTierSpec

_Model = TypeVar("_Model", bound=BaseModel)


class RefusedError(ValueError):
    """The object would not be let in. The message names the field, its value and what would be right."""


class _Metadata(BaseModel):
    """As far as rules and commands ask for it."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    name: str | None = None
    namespace: str | None = None
    annotations: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class Admitted:
    """A VectorTier as it would be let in. What the metadata of a file leaves out is None."""

    name: str | None
    namespace: str | None
    spec: VectorTierSpec


def admitted(document: dict[str, Any]) -> Admitted:
    """The VectorTier in a document. Raises RefusedError with the first problem.

    `apiVersion` and `metadata` may be left out: whoever asks what a spec does need not have a tier yet. What only the
    operator sees (reason InvalidSpec) is refused as well.
    """
    _refuse_others(document)
    for problem in _unknown_fields(_schema()["properties"]["spec"], document.get("spec"), "spec"):
        raise RefusedError(problem)
    spec = _received(document.get("spec") or {})
    metadata = _read(_Metadata, _received(document.get("metadata") or {}), "metadata")
    model = _read(VectorTierSpec, spec, "spec")
    whole = {"metadata": _written(metadata), "spec": _written(model)}
    for problem in (*_broken(_schema(), whole, ""), *tier_problems(model, metadata.annotations)):
        raise RefusedError(problem)
    return Admitted(metadata.name, metadata.namespace, model)


def _read(kind: type[_Model], value: dict[str, Any], above: str) -> _Model:
    try:
        # As JSON: what is not of its field's type is refused, as by the API server, and not made to fit.
        return kind.model_validate_json(json.dumps(value, default=str), strict=True)
    except ValidationError as error:
        raise RefusedError(first_problem(error, above)) from error


def _written(model: BaseModel) -> dict[str, Any]:
    """With every default, as the API server has it when it comes to the rules."""
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


@cache
def _schema() -> JsonSchema:
    return root_schema(VectorTier)


def _refuse_others(document: dict[str, Any]) -> None:
    kind, version = document.get("kind", "no kind"), document.get("apiVersion", API_VERSION)
    if kind != "VectorTier":
        raise RefusedError(f"holds {kind}, not a VectorTier")
    if version != API_VERSION:
        raise RefusedError(f"apiVersion is '{version}', but must be '{API_VERSION}'")
    for name in ("metadata", "spec"):
        if not isinstance(document.get(name) or {}, dict):
            raise RefusedError(f"{name} is {document[name]!r}, but must be an object")


def _received(value: Any) -> Any:
    """As the API server receives it: null is absent, and 3.0 is the whole number 3."""
    if isinstance(value, dict):
        return {name: _received(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_received(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _unknown_fields(schema: JsonSchema, value: Any, path: str) -> Iterator[str]:
    """The API server would drop them, and kubectl refuses them for that."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _unknown_fields(schema.get("items", {}), item, f"{path}[{number}]")
    if not isinstance(value, dict) or "properties" not in schema:
        return
    for name, inner in value.items():
        if name not in schema["properties"]:
            known = ", ".join(schema["properties"])
            yield f"{path}.{name} is not known, but must be one of the fields of {path}: {known}"
        else:
            yield from _unknown_fields(schema["properties"][name], inner, f"{path}.{name}")


def _broken(schema: JsonSchema, value: Any, path: str) -> Iterator[str]:
    """Rules that do not hold, and lists that say something twice; the deepest first, as they are the plainest."""
    if isinstance(value, dict):
        for name, inner in value.items():
            field = schema.get("properties", {}).get(name)
            if field is not None:
                yield from _broken(field, inner, f"{path}.{name}" if path else name)
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _broken(schema["items"], item, f"{path}[{number}]")
        yield from _twice(schema, value, path)
    if path or "name" in value["metadata"]:  # rules of the whole object are about its name
        yield from _rules(schema, value, path)


def _rules(schema: JsonSchema, value: Any, path: str) -> Iterator[str]:
    for rule in schema.get(VALIDATIONS, ()):
        # A file has no state before it that a change could be judged by.
        if "oldSelf" in rule["rule"] or compiled(rule["rule"])({"self": value}):
            continue
        place = f"{path}{rule.get('fieldPath', '')}".removeprefix(".")
        message = rule.get("message") or compiled(rule["messageExpression"])({"self": value})
        yield f"{place}: {message}"


def _twice(schema: JsonSchema, items: list[Any], path: str) -> Iterator[str]:
    kind, keys = schema.get("x-kubernetes-list-type"), schema.get("x-kubernetes-list-map-keys", [])
    seen = []
    for number, item in enumerate(items) if kind in ("set", "map") else ():
        shown = item if kind == "set" else {key: item.get(key) for key in keys}
        if shown in seen:
            yield f"{path}[{number}] is {shown!r}, but must be there only once"
        seen.append(shown)
