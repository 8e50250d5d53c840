"""Reading a tier and an observation from files, for the commands that need no cluster."""

from pathlib import Path
from typing import Any

import click
import yaml
from pydantic import ValidationError

from vectortier.api.vectortier import VectorTierSpec
from vectortier.model.observation import Observation


def read_spec(path: Path) -> VectorTierSpec:
    """The spec of the VectorTier in the file. Raises ClickException naming the field that is wrong."""
    document = _document(path)
    if document.get("kind") != "VectorTier":
        raise click.ClickException(f"{path} holds {document.get('kind', 'no kind')}, not a VectorTier")
    try:
        return VectorTierSpec.model_validate(document.get("spec") or {})
    except ValidationError as error:
        raise click.ClickException(f"{path}: {first_problem(error, 'spec')}") from error


def read_observation(path: Path) -> Observation:
    """The observation in the file, in the format of recordings. Raises ClickException."""
    try:
        return Observation.model_validate(_document(path))
    except ValidationError as error:
        raise click.ClickException(f"{path}: {first_problem(error)}") from error


def _document(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise click.ClickException(f"cannot read {path}: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict):
        raise click.ClickException(f"{path} does not hold one YAML object")
    return document


def first_problem(error: ValidationError, *above: str) -> str:
    """The field that is wrong first, what is wrong with it, and its value; `above` is where the fields are."""
    first = error.errors()[0]
    field = ".".join((*above, *(str(part) for part in first["loc"])))
    return f"{field}: {first['msg']}, but it is {first.get('input')!r}"
