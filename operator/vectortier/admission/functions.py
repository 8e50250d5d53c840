"""The functions of CEL, and of Kubernetes' library for it, that the rules use."""

import re
from collections.abc import Callable
from typing import Any

from vectortier.api.quantity import parse_quantity


def _compare(one: Any, other: Any) -> int:
    return int(one > other) - int(one < other)


def _format(template: str, values: list[Any]) -> str:
    left = iter(values)
    return re.sub("%[%s]", lambda found: "%" if found[0] == "%%" else text_of(next(left)), template)


def text_of(value: Any) -> str:
    """A value as CEL's %s shows it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(text_of(item) for item in value)}]"
    return str(value)


FUNCTIONS: dict[str, Callable[[Any], Any]] = {"size": len, "quantity": parse_quantity}
"""By name, with one argument."""

METHODS: dict[str, Callable[[Any, Any], Any]] = {
    "matches": lambda text, pattern: re.search(pattern, text) is not None,
    "contains": lambda text, part: part in text,
    "compareTo": _compare,
    "format": _format,
}
"""By name, with the value that they are called on and one argument."""

MACROS: dict[str, Callable[[list[Any], Callable[[Any], Any]], Any]] = {
    "all": lambda items, holds: all(holds(item) for item in items),
    "exists_one": lambda items, holds: sum(bool(holds(item)) for item in items) == 1,
    "map": lambda items, make: [make(item) for item in items],
}
"""By name, with a list (of a map: its keys) and what is said of each of its items."""

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a // b,
    "%": lambda a, b: a % b,
}
"""Of two values. The numbers of the API are whole and not negative, where both languages divide alike."""
