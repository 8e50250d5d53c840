"""Reading what `vectortier simulate` is given: a load and the parameters of the tier model."""

from pathlib import Path

import click
import yaml
from pydantic import ValidationError

from vectortier.api.validation import first_problem
from vectortier.simulate.load.loadfile import LoadError, parse_load
from vectortier.simulate.model import TierModel, default_model, model_with
from vectortier.simulate.rates import Rates


def read_load(path: Path) -> Rates:
    """The load in a CSV file. Raises ClickException naming the line that is wrong."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return parse_load(lines)
    except LoadError as error:
        place = f"{path}:{error.line}" if error.line is not None else str(path)
        raise click.ClickException(f"{place}: {error}") from error
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path} is not text in UTF-8: {error}") from error
    except OSError as error:
        raise click.ClickException(f"cannot read {path}: {error.strerror}") from error


def read_model(path: Path | None) -> TierModel:
    """The tier model with the parameters in the file; the default one without a file. Raises ClickException naming the
    parameter that cannot be."""
    if path is None:
        return default_model()
    try:
        changes = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise click.ClickException(f"cannot read {path}: {' '.join(str(error).split())}") from error
    if not isinstance(changes, dict):
        raise click.ClickException(f"{path} does not hold parameters, one 'name: value' a line")
    try:
        return model_with(changes)
    except ValidationError as error:
        raise click.ClickException(f"{path}: {first_problem(error)}") from error
