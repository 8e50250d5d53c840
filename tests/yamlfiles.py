"""Reading YAML in tests: libyaml where the wheel has it, which is ten times faster, and safe in any case."""

from __future__ import annotations

from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str) -> Any:
    """The one document in the text."""
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 a safe loader


def load_all(text: str) -> list[Any]:
    """Every document in the text."""
    return list(yaml.load_all(text, Loader=_LOADER))
