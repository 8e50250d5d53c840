"""`python -m tests.benchmarks.control`: policies, loads and settings against each other."""

import os
from typing import Any

import click

from tests.benchmarks.command import start
from tests.benchmarks.control.comparison import compare
from tests.benchmarks.control.figures.questions import summary
from tests.benchmarks.control.grid import Selection
from tests.benchmarks.control.inputs import PEAK_COPIES, SEED, TIER
from tests.benchmarks.control.loads.catalogue import LOADS
from tests.benchmarks.control.page import page
from tests.benchmarks.control.policies import POLICIES
from tests.benchmarks.control.results import times_optimum
from tests.benchmarks.control.running import Done, RunError
from tests.benchmarks.control.settings import SETTINGS
from tests.benchmarks.control.tables import show
from tests.benchmarks.result import console, write
from tests.demo.machine import CHECKOUT

NAME = "control"
PAGE = CHECKOUT / "docs" / "benchmark.md"
FOLDER = CHECKOUT / "build" / "bench" / NAME
"""Where the files of the runs are left, so that a row can be looked into."""


@click.command(context_settings={"show_default": True})
@click.option("--load", "loads", multiple=True, type=click.Choice(tuple(LOADS)), help="May be repeated; default: all.")
@click.option(
    "--setting", "settings", multiple=True, type=click.Choice(tuple(SETTINGS)), help="May be repeated; default: all."
)
@click.option(
    "--policy",
    "policies",
    multiple=True,
    type=click.Choice(POLICIES),
    help="May be repeated; default: all at the base setting, those that are compared at the others.",
)
@click.option("--jobs", default=lambda: len(os.sched_getaffinity(0)), show_default="all cores", type=click.IntRange(1))
def control(loads: tuple[str, ...], settings: tuple[str, ...], policies: tuple[str, ...], jobs: int) -> None:
    """Compare the operator's policy with autoscalers that people use and with the optimum.

    Every run is one `vectortier simulate`, in a process of its own. At the base setting all policies run on all loads;
    at the other settings vectortier, hpa-p99, oracle, and the fixed targets on CPU and on searches per copy that were
    best at the base setting. Seeds are fixed: the same commit gives the same rows, however many jobs.

    Prints tables and the figures to reach, met or not, and writes build/bench/control.json; a whole run also writes the
    page docs/benchmark.md. With a selection, only what was run is claimed. All of it takes about half an hour on one
    core and half of that on two.
    """
    try:
        results = compare(Selection(loads, settings, policies), FOLDER, jobs, _tell)
    except RunError as error:
        raise click.ClickException(str(error)) from error
    told = {**summary(results), **_fixed()}
    show(results, told, console())
    write(NAME, results.rows(), told)
    if not (loads or settings or policies):
        PAGE.write_text(page(results, told), encoding="utf-8")
        click.echo(f"Written to {PAGE.relative_to(CHECKOUT)}", err=True)


def _tell(number: int, of: int, one: Done) -> None:
    run, violating = one.run, one.figures["violating_intervals_percent"]
    cost = f"{violating:.1f} % violating at {times_optimum(one.figures):.2f} times the optimum's replica-hours"
    click.echo(
        f"{number} of {of}: {run.setting}, {run.load}, {run.policy}: {cost} ({one.cpu_seconds:.1f} s of CPU)", err=True
    )


def _fixed() -> dict[str, Any]:
    """What was the same for all runs."""
    return {
        "configuration": str(TIER.relative_to(CHECKOUT)),
        "peak_copies": PEAK_COPIES,
        "seed": SEED,
        "load_seeds": {name: load.seed for name, load in LOADS.items() if load.seed is not None},
    }


if __name__ == "__main__":
    start(control)
