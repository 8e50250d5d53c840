"""`python -m tests.model`: thousands of schedules, and bugs that they have to find."""

from __future__ import annotations

import json
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import click
import pytest

from tests.model.bugs import BUGS
from tests.model.running import Tally, finds, violation

RESULT = Path("build/bench/model.json")
AT_A_TIME = 100


@click.command(context_settings={"show_default": True})
@click.option("--schedules", default=10_000, type=click.IntRange(1), help="How many, of about 150 looks each.")
@click.option("--seed", default=1, type=click.IntRange(0), help="The same seed gives the same schedules.")
@click.option("--jobs", default=2, type=click.IntRange(1), help="Processes.")
@click.option("--bugs/--no-bugs", default=True, help="Whether to put bugs into the operator as well.")
def model(schedules: int, seed: int, jobs: int, bugs: bool) -> None:
    """Run the operator's real decisions and actions against a model of Kubernetes and Weaviate.

    A schedule is what happens to a tier: people change the spec, pause and cancel, containers end, copies fail or are
    lied about, answers get lost, the operator dies before and after its writes, another one takes over. After every
    look the invariants of tests/model/invariants.py must hold, and in the end the tier must come to rest, whole. Then
    each bug of tests/model/bugs.py is put into the operator, to see that the same schedules find it. Writes
    build/bench/model.json; exit 1 when an invariant was broken or a bug was not found.
    """
    started = time.monotonic()
    with ProcessPoolExecutor(jobs) as pool:
        total, violations = _schedules(pool, schedules, seed)
        seconds = round(time.monotonic() - started, 1)
        found = _bugs(pool) if bugs else {}
    result = {**vars(total), "violations": violations, "seconds": seconds, "jobs": jobs, "seed": seed, "bugs": found}
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n")
    _tell(result)
    if violations or not all(found.values()):
        raise SystemExit(1)


def _schedules(pool: ProcessPoolExecutor, schedules: int, seed: int) -> tuple[Tally, list[str]]:
    chunks = [min(AT_A_TIME, schedules - begin) for begin in range(0, schedules, AT_A_TIME)]
    jobs = [pool.submit(violation, count, seed * 1_000_000 + i) for i, count in enumerate(chunks)]
    total, violations = Tally(operations=Counter()), []
    for job in as_completed(jobs):
        tally, broken = job.result()
        total.schedules += tally.schedules
        total.looks += tally.looks
        total.operations.update(tally.operations)
        violations += [broken] if broken is not None else []
        click.echo(f"{total.schedules} of {schedules} schedules, {total.looks} looks, {len(violations)} violations")
    return total, violations


def _bugs(pool: ProcessPoolExecutor) -> dict[str, bool]:
    jobs = {pool.submit(_finds, i): bug.__name__ for i, bug in enumerate(BUGS)}
    found = {}
    for job in as_completed(jobs):
        found[jobs[job]] = job.result()
        click.echo(f"{'found' if found[jobs[job]] else 'NOT FOUND'}: {jobs[job].replace('_', ' ')}")
    return {bug.__name__: found[bug.__name__] for bug in BUGS}


def _finds(index: int) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        BUGS[index](patch)
        return finds()


def _tell(result: dict[str, Any]) -> None:
    click.echo()
    for name, count in sorted(result["operations"].items()):
        click.echo(f"{count:8}  {name}")
    click.echo(f"{result['schedules']} schedules in {result['seconds']:.0f} s: {len(result['violations'])} violations")
    if result["bugs"]:
        click.echo(f"{sum(result['bugs'].values())} of {len(result['bugs'])} bugs found")
    for broken in result["violations"]:
        click.echo(broken)
    click.echo(f"Written to {RESULT}")


if __name__ == "__main__":
    model()
