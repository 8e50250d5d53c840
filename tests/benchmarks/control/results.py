"""The rows of the benchmark, as the questions look at them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks.control.grid import Run
from tests.benchmarks.control.loads.catalogue import LOADS

Figures = Mapping[str, Any]
"""What `simulate --output json` prints of a run."""


@dataclass(frozen=True)
class Results:
    """What was run, and the seconds of CPU that each took."""

    figures: Mapping[Run, Figures]
    cpu_seconds: Mapping[Run, float] = field(default_factory=dict)

    def of(self, setting: str, policy: str, *, smooth: bool | None = None) -> dict[str, Figures]:
        """A policy's figures by load, in the order of the tables; of all loads, or only of the smooth or the others."""
        found = ((name, self.figures.get(Run(name, setting, policy))) for name in LOADS)
        return {
            name: figures for name, figures in found if figures is not None and smooth in (None, LOADS[name].smooth)
        }

    def loads(self) -> list[str]:
        """The loads of which there is anything."""
        ran = {run.load for run in self.figures}
        return [name for name in LOADS if name in ran]

    def policies(self, setting: str) -> list[str]:
        """Those that ran at the setting."""
        return list(dict.fromkeys(run.policy for run in self.figures if run.setting == setting))

    def rows(self) -> Sequence[dict[str, Any]]:
        """One for each run."""
        return [{"load": run.load, "setting": run.setting, **figures} for run, figures in self.figures.items()]


def times_optimum(figures: Figures) -> float:
    """Replica-hours as a multiple of the optimum's."""
    return float(figures["replica_hours"]) / float(figures["oracle_replica_hours"])
