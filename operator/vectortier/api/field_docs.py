"""How a field of a schema is told to a reader: its type, default, bounds, description and example."""

import json
import re
from dataclasses import dataclass
from typing import Any

from vectortier.api.cel import JsonSchema

_EXAMPLE = re.compile(r"\s*Example: (?P<example>.+)\.$")


@dataclass(frozen=True)
class FieldDoc:
    """One row of a reference table; an empty text where there is nothing to say."""

    name: str
    type: str
    default: str
    bounds: str
    description: str
    example: str


def describe(path: str, name: str, schema: JsonSchema, *, required: bool) -> FieldDoc:
    """The row of a field of the object at a path; objects are linked to their own section."""
    description = schema.get("description", "")
    example = _EXAMPLE.search(description)
    return FieldDoc(
        name=name,
        type=_type(schema, f"{path}.{name}"),
        default="**required**" if required else _default(schema),
        bounds=", ".join(_bounds(schema)),
        description=_EXAMPLE.sub("", description),
        example=f"`{example['example'].strip(chr(39))}`" if example else "",
    )


def rule_text(rule: dict[str, Any]) -> str:
    """The message of a rule, with an ellipsis for each value that it fills in."""
    if "message" in rule:
        return str(rule["message"])
    literal, _, _ = rule["messageExpression"].rpartition(".format([")
    return str(json.loads(literal)).replace("%s", "…").replace("%%", "%")


def _type(schema: JsonSchema, path: str) -> str:
    match schema.get("type"):
        case "array":
            return f"list of {_type(schema['items'], path)}s"
        case "object" if "additionalProperties" in schema:
            return f"map of {_type(schema['additionalProperties'], path)}s"
        case "object":
            return f"[object](#{path.replace('.', '').lower()})"
        case kind:
            return str(kind)


def _default(schema: JsonSchema) -> str:
    default = schema.get("default")
    if default is None or schema.get("type") in ("object", "array"):
        return ""
    return f"`{default}`"


def _bounds(schema: JsonSchema) -> list[str]:
    if "enum" in schema:
        return [" or ".join(f"`{value}`" for value in schema["enum"])]
    texts = []
    if "minimum" in schema or "maximum" in schema:
        texts.append(f"{schema.get('minimum', '')} to {schema.get('maximum', '')}")
    if "maxLength" in schema:
        texts.append(_size(schema, "Length", "characters"))
    if "maxItems" in schema:
        texts.append(_size(schema, "Items", "items"))
    if "maxProperties" in schema:
        texts.append(_size(schema, "Properties", "entries"))
    if "pattern" in schema:
        texts.append(f"`{schema['pattern']}`")
    return texts


def _size(schema: JsonSchema, suffix: str, unit: str) -> str:
    least, greatest = schema.get(f"min{suffix}", 0), schema[f"max{suffix}"]
    return f"{least} to {greatest} {unit}" if least else f"at most {greatest} {unit}"
