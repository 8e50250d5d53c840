"""What one run of `vectortier simulate` is given: files that say all of it, so that anybody can repeat one row."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.control.grid import Run
from tests.benchmarks.control.loads.catalogue import LOADS, Load
from tests.benchmarks.control.settings import SETTINGS, Setting
from vectortier.simulate.rates import Rates

TIER = Path(__file__).with_name("tier.yaml")
PEAK_COPIES = 12
SEED = 1
"""Of what is random in a run: noise and missing scrapes."""


class Inputs:
    """Writes the files of runs into a folder, each once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written: set[Path] = set()

    def command(self, run: Run) -> Sequence[str]:
        """The command line of a run, whose files are written."""
        load, setting = LOADS[run.load], SETTINGS[run.setting]
        return (
            str(Path(sys.executable).with_name("vectortier")),
            *("simulate", "--filename", str(TIER), "--load", str(self._load(load, setting))),
            *("--model", str(self._model(load, setting)), "--peak-copies", str(PEAK_COPIES)),
            *("--policy", run.policy, "--seed", str(SEED), "--output", "json"),
        )

    def _load(self, load: Load, setting: Setting) -> Path:
        name = f"{load.name}-{setting.copy_seconds}" if load.follows_copies else load.name
        path = self._folder / f"{name}.csv"
        if self._is_new(path):
            write_load(path, load.make(setting.copy_seconds))
        return path

    def _model(self, load: Load, setting: Setting) -> Path:
        name = f"{setting.name}-{load.name}" if setting.outage else setting.name
        path = self._folder / f"{name}.yaml"
        if self._is_new(path):
            parameters = setting.parameters(load.seconds)
            path.write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in parameters.items()))
        return path

    def _is_new(self, path: Path) -> bool:
        if path in self._written:
            return False
        self._written.add(path)
        self._folder.mkdir(parents=True, exist_ok=True)
        return True


def write_load(path: Path, rates: Rates) -> None:
    """A CSV file for `--load`; thousandths of a search or write per second are the least that it tells apart."""
    with path.open("w", encoding="utf-8") as file:
        file.write("qps,writes_per_second\n")
        file.writelines(
            f"{searches:.3f},{writes:.3f}\n" for searches, writes in zip(rates.searches, rates.writes, strict=True)
        )
