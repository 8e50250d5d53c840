"""What the API server checks beyond types and bounds: CEL rules, and marks that only a CRD's schema knows.

A rule's message is a template: `{expression}` is replaced by the value of a CEL expression, so that a refusal shows
the value that was given. Messages say what "must be", as the Kubernetes API conventions ask.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema

JsonSchema = dict[str, Any]
VALIDATIONS = "x-kubernetes-validations"
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def message_expression(template: str) -> str:
    """The CEL expression that fills the template in.

    One `format` and not a sum of strings: the API server cannot bound what a sum costs and refuses the rule.
    """
    parts = _PLACEHOLDER.split(template)
    text = "%s".join(part.replace("%", "%%") for part in parts[::2])
    return f"{json.dumps(text)}.format([{', '.join(parts[1::2])}])"


@dataclass(frozen=True)
class Rule:
    """A CEL expression that must be true for an object or a value, and what to say when it is not.

    `path` names the field of the object that the refusal points at, such as '.min'.
    """

    expression: str
    message: str
    path: str | None = None

    def to_schema(self) -> JsonSchema:
        """The rule as one entry of x-kubernetes-validations."""
        entry = {"rule": self.expression}
        if _PLACEHOLDER.search(self.message):
            entry["messageExpression"] = message_expression(self.message)
        else:
            entry["message"] = self.message
        if self.path is not None:
            entry["fieldPath"] = self.path
        return entry

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        schema = dict(handler(core_schema))
        schema[VALIDATIONS] = [*schema.get(VALIDATIONS, []), self.to_schema()]
        return schema


@dataclass(frozen=True)
class Mark:
    """Keywords that are added to the schema as they are, such as the kind of a list."""

    keywords: Mapping[str, Any]

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return {**handler(core_schema), **self.keywords}


SET = Mark({"x-kubernetes-list-type": "set"})


def map_by(key: str) -> Mark:
    """A list whose items are told apart by one field, so that two owners can each keep their own items."""
    return Mark({"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [key]})


def immutable(name: str) -> Rule:
    """A value that stays as it was when the object was created."""
    return Rule(
        "self == oldSelf",
        f"{name} is '{{self}}', but must stay '{{oldSelf}}': it is immutable",
    )
