"""Places in an object: reading and changing what is there."""

import copy
from typing import Any

Path = tuple[str | int, ...]


def dotted(path: Path) -> str:
    """The path as the API server writes it, such as 'spec.weaviate.env[0].name'."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def value_at(obj: Any, path: Path) -> Any:
    """What is at the path. Raises KeyError or IndexError when there is nothing."""
    for part in path:
        obj = obj[part]
    return obj


def has(obj: Any, path: Path) -> bool:
    """Whether there is something at the path."""
    try:
        value_at(obj, path)
    except (KeyError, IndexError):
        return False
    return True


def with_value(obj: Any, path: Path, value: Any) -> Any:
    """A copy of the object with another value at the path."""
    changed = copy.deepcopy(obj)
    if not path:
        return value
    value_at(changed, path[:-1])[path[-1]] = value
    return changed


def without(obj: Any, path: Path) -> Any:
    """A copy of the object with nothing at the path."""
    changed = copy.deepcopy(obj)
    del value_at(changed, path[:-1])[path[-1]]
    return changed


def merged(obj: Any, patch: Any) -> Any:
    """A copy of the object with a merge patch applied: null removes, lists are replaced."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    result = copy.deepcopy(obj) if isinstance(obj, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result
