"""Reading what `vectortier run --record DIR` has written."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import yaml
from pydantic import ValidationError

from vectortier.api.validation import first_problem
from vectortier.model.observation import Observation
from vectortier.model.plan import Plan
from vectortier.report.kept import Kept
from vectortier.report.record import build_record
from vectortier.runtime.record import OBSERVATION, PLAN, SPEC, recorded_times

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def tier_folders(directory: Path, namespace: str | None, tier: str | None) -> list[Path]:
    """The folders of the recorded tiers, of one namespace or name if given. Raises ClickException if there is none."""
    found = [
        folder
        for folder in sorted(directory.glob("*/*"))
        if folder.is_dir() and namespace in (None, folder.parent.name) and tier in (None, folder.name)
    ]
    if not found:
        wanted = f"{namespace or '*'}/{tier or '*'}"
        raise click.ClickException(f"no tier {wanted} is recorded in {directory}: name the DIR of `run --record DIR`")
    return found


def times_of(folder: Path) -> list[int]:
    """When the tier was looked at, in milliseconds, the oldest first. Raises ClickException if it never was."""
    times = sorted(recorded_times(folder))
    if not times:
        raise click.ClickException(f"no look is recorded in {folder}")
    return times


def read_look(folder: Path, time: int) -> Kept:
    """One recorded look. Raises ClickException naming the file that cannot be used."""
    spec, plan = _read(folder / f"{time}{SPEC}").get("spec"), _read(folder / f"{time}{PLAN}")
    path = folder / f"{time}{OBSERVATION}"
    observation = _read(path)
    try:
        seen = Observation.model_validate(observation)
        path = folder / f"{time}{PLAN}"
        record = build_record(seen, Plan.model_validate(plan))
    except ValidationError as error:
        raise click.ClickException(f"{path}: {first_problem(error)}") from error
    return Kept(at=seen.now, record=record, spec=spec, observation=observation, plan=plan)


def read_looks(folder: Path) -> Iterator[Kept]:
    """Every recorded look at the tier, the oldest first. Raises ClickException."""
    return (read_look(folder, time) for time in times_of(folder))


def _read(path: Path) -> dict[str, Any]:
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 a safe loader
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise click.ClickException(f"cannot read {path}: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict):
        raise click.ClickException(f"{path} does not hold one YAML object")
    return document
