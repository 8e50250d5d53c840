"""Recording each look: what was observed, and what was decided, so that it can be decided again elsewhere."""

import logging
import os
from collections import deque
from pathlib import Path
from typing import Any

import yaml

from vectortier.api import API_VERSION
from vectortier.api.vectortier import VectorTierSpec
from vectortier.model.observation import Observation
from vectortier.model.plan import Plan

_log = logging.getLogger(__name__)
# The same text, written ten times as fast where libyaml is there.
_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
SPEC, PLAN, OBSERVATION = ".tier.yaml", ".plan.yaml", ".yaml"
"""Beside each other for each look; the observation is written last, so where it is the others are."""


class Recorder:
    """Writes NAMESPACE/TIER/TIME.tier.yaml, .plan.yaml and .yaml below a directory, TIME in milliseconds.

    The latest `keep` looks at each tier stay. A disk that is full, or gone, is told once and stops nothing.
    """

    def __init__(self, directory: Path, keep: int) -> None:
        self._directory, self._keep = directory, keep
        self._times: dict[Path, deque[int]] = {}
        self._failing = False

    def record(self, spec: VectorTierSpec, observed: Observation, plan: Plan) -> Path | None:
        """Write one look. The path of the observation; None when it could not be written."""
        try:
            path = self._write(spec, observed, plan)
        except OSError as error:
            if not self._failing:
                _log.warning("looks are not recorded until this is mended: %s", error)
            self._failing = True
            return None
        self._failing = False
        return path

    def _write(self, spec: VectorTierSpec, observed: Observation, plan: Plan) -> Path:
        tier, time = observed.tier, int(observed.now * 1000)
        folder = self._directory / tier.namespace / tier.name
        folder.mkdir(parents=True, exist_ok=True)
        self._make_room(folder)
        body = {
            "apiVersion": API_VERSION,
            "kind": "VectorTier",
            "metadata": {"name": tier.name, "namespace": tier.namespace},
            "spec": spec.model_dump(mode="json", by_alias=True, exclude_none=True),
        }
        _put(folder / f"{time}{SPEC}", body)
        _put(folder / f"{time}{PLAN}", plan.model_dump(mode="json", by_alias=True))
        path = folder / f"{time}{OBSERVATION}"
        _put(path, observed.model_dump(mode="json", by_alias=True))
        self._times[folder].append(time)
        return path

    def _make_room(self, folder: Path) -> None:
        """Remove the oldest looks, those of earlier processes included, before one is added."""
        if folder not in self._times:
            self._times[folder] = deque(sorted(recorded_times(folder)))
        times = self._times[folder]
        while len(times) >= self._keep:
            # The observation first: what is left of a removal that was interrupted is no look.
            for ending in (OBSERVATION, PLAN, SPEC):
                (folder / f"{times[0]}{ending}").unlink(missing_ok=True)
            times.popleft()


def recorded_times(folder: Path) -> list[int]:
    """The times of the looks in a tier's folder, in milliseconds. Raises OSError."""
    return [int(path.stem) for path in folder.glob(f"*{OBSERVATION}") if path.stem.isdigit()]


def _put(path: Path, value: Any) -> None:
    """Write the file as a whole or not at all."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        unfinished.write_text(yaml.dump(value, Dumper=_Dumper, sort_keys=False))
        os.replace(unfinished, path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
