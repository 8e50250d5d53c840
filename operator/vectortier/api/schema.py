"""From a pydantic model to the structural schema that a CustomResourceDefinition takes.

Pydantic writes JSON Schema; Kubernetes takes a subset of it. So references are inlined, a nullable field becomes an
optional one, titles and keywords that structural schemas forbid are dropped, and defaults of objects are cut down to
what the defaults of their fields do not say already.
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
    """What of a default has to be said: nothing that is null or empty, nothing that a field's own default says.

    An object whose fields all have defaults keeps the default `{}`, so that the API server fills it in.
    """
    if isinstance(default, dict):
        if "properties" not in schema:
            return default or None
        fields = schema["properties"]
        kept = {name: _pruned_default(value, fields[name]) for name, value in default.items() if value is not None}
        return {name: value for name, value in kept.items() if value is not None and _says_more(value, fields[name])}
    if default in (None, "", []):
        return None
    return default


def _says_more(value: Any, schema: JsonSchema) -> bool:
    return "default" not in schema or schema["default"] != value
