"""From a pydantic model to the structural schema that a CustomResourceDefinition takes.

Pydantic writes JSON Schema; Kubernetes takes a subset of it. So references are inlined, a nullable field becomes an
optional one, and titles, empty defaults and keywords that structural schemas forbid are dropped.
"""

from typing import Any

from vectortier.api.base import ApiModel
from vectortier.api.cel import JsonSchema

_FORBIDDEN = ("title", "additionalProperties", "propertyNames", "uniqueItems", "$defs", "const")
_INT32_MAX = 2**31 - 1


def structural_schema(model: type[ApiModel]) -> JsonSchema:
    """The structural schema of a model, self-contained."""
    document = model.model_json_schema(by_alias=True)
    return _convert(document, document.get("$defs", {}))


def without_defaults(schema: JsonSchema) -> JsonSchema:
    """The schema of what is observed: the API server must not fill in a zero where nobody has counted."""
    bare = {key: value for key, value in schema.items() if key != "default"}
    if "properties" in bare:
        bare["properties"] = {name: without_defaults(field) for name, field in bare["properties"].items()}
    if "items" in bare:
        bare["items"] = without_defaults(bare["items"])
    return bare


def saying_defaults(schema: JsonSchema) -> JsonSchema:
    """The schema with each plain default told in its description: `kubectl explain` shows it nowhere else."""
    told = dict(schema)
    if "default" in told and told["type"] not in ("object", "array"):
        told["description"] = f"{told['description']} Default: {told['default']}."
    if "properties" in told:
        told["properties"] = {name: saying_defaults(field) for name, field in told["properties"].items()}
    for inner in ("items", "additionalProperties"):
        if inner in told:
            told[inner] = saying_defaults(told[inner])
    return told


def _convert(node: JsonSchema, definitions: dict[str, JsonSchema]) -> JsonSchema:
    node = _without_null(_inlined(node, definitions), definitions)
    schema = {key: value for key, value in node.items() if key not in _FORBIDDEN and key != "default"}
    if "const" in node:
        schema["enum"] = [node["const"]]
    match schema.get("type"):
        case "object":
            _convert_object(schema, node, definitions)
        case "array":
            schema["items"] = _convert(node["items"], definitions)
            schema.setdefault("x-kubernetes-list-type", "atomic")
        case "integer":
            schema["format"] = "int32" if node.get("maximum", 0) <= _INT32_MAX else "int64"
    default = _pruned_default(node.get("default"), schema)
    if default is not None:
        schema["default"] = default
    return schema


def _convert_object(schema: JsonSchema, node: JsonSchema, definitions: dict[str, JsonSchema]) -> None:
    """Either fields or a map: a structural schema cannot be both."""
    if "properties" in node:
        schema["properties"] = {name: _convert(field, definitions) for name, field in node["properties"].items()}
    else:
        schema["additionalProperties"] = _convert(node["additionalProperties"], definitions)


def _inlined(node: JsonSchema, definitions: dict[str, JsonSchema]) -> JsonSchema:
    """The referenced schema, with what the field says beside the reference (its description) winning."""
    if "$ref" not in node:
        return node
    target = definitions[node["$ref"].rpartition("/")[2]]
    beside = {key: value for key, value in node.items() if key != "$ref"}
    return {**target, **beside}


def _without_null(node: JsonSchema, definitions: dict[str, JsonSchema]) -> JsonSchema:
    """`X | None` is an optional X: nothing in the cluster is null."""
    if "anyOf" not in node:
        return node
    (alternative,) = (option for option in node["anyOf"] if option.get("type") != "null")
    beside = {key: value for key, value in node.items() if key != "anyOf"}
    return {**_inlined(alternative, definitions), **beside}


def _pruned_default(default: Any, schema: JsonSchema) -> Any:
    """A default without what is null or empty: absent means the same.

    Objects stay, also empty ones: the API server holds a default to the rules before it fills in those of its fields,
    and only then for the objects that are there.
    """
    if isinstance(default, dict) and "properties" in schema:
        fields = schema["properties"]
        kept = {name: _pruned_default(value, fields[name]) for name, value in default.items()}
        return {name: value for name, value in kept.items() if value is not None}
    if default in (None, "", [], {}):
        return None
    return default
