"""Reading one YAML object from a file."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import click
import yaml


class _Strict(yaml.SafeLoader):
    """Refuses a key that is there twice, as the API server does; PyYAML takes the last one without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """The mapping. Raises ConstructorError, a YAMLError."""
        seen = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"'{key.value}' is there twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_document(path: Path) -> dict[str, Any]:
    """The object in the file. Raises ClickException with the place that cannot be read."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), _Strict)  # noqa: S506 a SafeLoader
    except yaml.MarkedYAMLError as error:
        raise click.ClickException(f"cannot read {path}{_place(error.problem_mark)}: {error.problem}") from error
    except RecursionError as error:
        raise click.ClickException(f"cannot read {path}: it is nested too deeply") from error
    except (OSError, ValueError, yaml.YAMLError) as error:  # ValueError: no UTF-8, or a date that does not exist
        raise click.ClickException(f"cannot read {path}: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict):
        raise click.ClickException(f"{path} does not hold one YAML object")
    return document


def _place(mark: yaml.Mark | None) -> str:
    return "" if mark is None else f", line {mark.line + 1}, column {mark.column + 1}"
