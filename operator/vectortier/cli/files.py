"""Reading a tier and an observation from files, for the commands that need no cluster."""

from dataclasses import dataclass
from pathlib import Path

import click
from pydantic import ValidationError

from vectortier.admission.verdict import RefusedError, admitted
from vectortier.api.validation import first_problem
from vectortier.api.vectortier import VectorTierSpec
from vectortier.cli.documents import read_document
from vectortier.model.observation import Observation


@dataclass(frozen=True)
class TierFile:
    """A VectorTier in a file. The name is None where the file has none, the namespace is kubectl's default then."""

    path: Path
    name: str | None
    namespace: str
    spec: VectorTierSpec

    @property
    def required_name(self) -> str:
        """The name, for what cannot do without. Raises ClickException."""
        if self.name is None:
            raise click.ClickException(f"{self.path}: metadata.name is absent, but must name the tier")
        return self.name


def read_spec(path: Path) -> VectorTierSpec:
    """The spec of the VectorTier in the file. Raises ClickException naming the field that is wrong."""
    return read_tier(path).spec


def read_tier(path: Path) -> TierFile:
    """The VectorTier in the file. Raises ClickException naming the field that is wrong."""
    try:
        found = admitted(read_document(path))
    except RefusedError as error:
        raise click.ClickException(f"{path}: {error}") from error
    return TierFile(path, found.name, found.namespace or "default", found.spec)


def read_observation(path: Path) -> Observation:
    """The observation in the file, in the format of recordings. Raises ClickException."""
    try:
        return Observation.model_validate(read_document(path))
    except ValidationError as error:
        raise click.ClickException(f"{path}: {first_problem(error)}") from error
