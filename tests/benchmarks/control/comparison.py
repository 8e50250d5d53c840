"""All runs of a selection, in two rounds: which fixed targets are best is known after the first."""

from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.control.figures.against_targets import best_targets
from tests.benchmarks.control.grid import Run, Selection, in_order, longest_first
from tests.benchmarks.control.inputs import Inputs
from tests.benchmarks.control.results import Results
from tests.benchmarks.control.running import Done, run_all

Tell = Callable[[int, int, Done], None]
"""Told of each run that is done: the how-manieth of how many of its round it is."""


def compare(selection: Selection, folder: Path, jobs: int, tell: Tell) -> Results:
    """Run all of it, at most `jobs` at a time, with its files in the folder. Raises RunError."""
    inputs, done = Inputs(folder), dict[Run, Done]()

    def run(runs: list[Run]) -> None:
        commands = {one: inputs.command(one) for one in longest_first(runs)}
        done.update({one.run: one for one in run_all(commands, jobs, _counted(len(commands), tell))})

    run(selection.first())
    run(selection.then(best_targets(_results(done))))
    return _results(done)


def _counted(of: int, tell: Tell) -> Callable[[Done], None]:
    numbers = iter(range(1, of + 1))
    return lambda one: tell(next(numbers), of, one)


def _results(done: dict[Run, Done]) -> Results:
    """In the order of the tables, whichever was done first."""
    ordered = [done[run] for run in in_order(list(done))]
    return Results({one.run: one.figures for one in ordered}, {one.run: one.cpu_seconds for one in ordered})
