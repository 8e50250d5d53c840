"""`python -m tests.benchmarks.prediction`: does the tier model predict what a real tier does?"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from tests.benchmarks.capacity import searches
from tests.benchmarks.command import keep_option, start
from tests.benchmarks.prediction import judging, levels, profiles
from tests.benchmarks.prediction.driving import Driven, drive, save
from tests.benchmarks.prediction.fitting import Parameters, fit
from tests.benchmarks.prediction.quiet import Busy, Quiet
from tests.benchmarks.prediction.simulated import verdicts, write_inputs, write_load
from tests.benchmarks.result import Row, publish, write
from tests.benchmarks.stage import fill, small_spec, stage, tier
from tests.cluster.paths import cache_root
from tests.demo.corpus import prepare
from tests.demo.lateness import lateness
from tests.demo.load import Load
from tests.demo.machine import CHECKOUT
from tests.tiers import GRPC_PORT
from vectortier.simulate.capacity import Promise, capacity_of_one
from vectortier.simulate.model import TierModel, model_with
from vectortier.simulate.rates import INTERVAL_SECONDS

NAME = "prediction"
FOLDER = CHECKOUT / "build" / "bench" / NAME
"""Where what went into the simulations and what came out of the tier is left, so that any row can be looked into."""
SLO_MILLISECONDS = 250
LIMIT_CORES = 0.3
"""The CPU limit of a node in `small_spec`."""
SPEC = small_spec(mode="Observe", nodes={"min": 1, "max": 1}, copies={"min": 1, "max": 1})


@dataclass(frozen=True)
class Fitted:
    """What the levels came to."""

    parameters: Parameters
    model: TierModel
    capacity: float


@dataclass
class Found:
    """What came of the runs so far."""

    fitted: Fitted
    seed: int
    runs: list[Row] = field(default_factory=list)
    pairs: list[judging.Pair] = field(default_factory=list)

    def add(self, name: str, pairs: Sequence[judging.Pair], about: Row) -> None:
        """One more run, with what else is known about it."""
        self.runs.append({**judging.judged(name, pairs), **about})
        self.pairs += pairs

    @property
    def rows(self) -> list[Row]:
        """Each run, and all of them pooled."""
        return [*self.runs, judging.judged("all", self.pairs)]

    def summary(self) -> Row:
        """The pooled figures, whether all runs are in them, and the fit."""
        of = {"complete": len(self.runs) == len(profiles.PROFILES), "seed": self.seed}
        fit = {**self.fitted.parameters, "capacity": round(self.fitted.capacity, 1)}
        return {**judging.judged("all", self.pairs), **of, **fit}


@click.command(context_settings={"show_default": True})
@click.option(
    "--seed", default=1, type=click.IntRange(0), help="Of the profiles, the arrivals and the order of levels."
)
@click.option("--marker", type=click.Path(path_type=Path), help="A file that is there while something is measured.")
@click.option("--rest", default=0, type=click.IntRange(0), help="Seconds between the first run and the others.")
@keep_option
def prediction(seed: int, marker: Path | None, rest: int, keep: bool) -> None:
    """Fit the model of `vectortier simulate` to a real tier, and predict what it does under loads it was not fitted to.

    A tier of one 300m node with 20,000 documents. Its parameters are fitted to eight levels of load of 24 s and what a
    saturated copy answers. Then three runs of six minutes, an open loop of searches through the gateway each: a ramp,
    bursts and steps between 0.55 and 1.5 times the capacity. For each interval of 15 s: was more than 1 % late, and
    does the model say so?

    The goal is that the share of violating intervals, over all runs, is predicted within a quarter of itself or two
    percentage points. Takes half an hour on a machine that does nothing else. Writes build/bench/prediction.json, and
    the files of each `vectortier simulate` to build/bench/prediction/.
    """
    corpus, quiet = prepare(cache_root()), Quiet(marker, rest)
    with stage(keep) as cluster, tier(cluster, NAME, SPEC) as subject:
        click.echo("loading the documents")
        fill(subject, corpus)
        address = f"{subject.address}:{GRPC_PORT}"
        with searches(address, subject.api_key, corpus.queries, SLO_MILLISECONDS) as running:
            found = _all(running.load, quiet, seed)
    publish(NAME, found.rows, found.summary())


def _all(load: Load, quiet: Quiet, seed: int) -> Found:
    """The fit and all runs. What is found is written after each run: should a later one fail, it is not lost."""
    first, *others = profiles.PROFILES
    with quiet.measuring():
        found = Found(_fit(load, seed), seed)
        _run(load, found, first)
    quiet.rest()
    with quiet.measuring():
        for profile in others:
            _run(load, found, profile)
    return found


def _fit(load: Load, seed: int) -> Fitted:
    click.echo("measuring levels of load")
    found = levels.measure(load, seed, click.echo)
    shutil.rmtree(FOLDER, ignore_errors=True)  # a folder holds one fit and its runs
    for level in (found.low, *found.others):
        save(FOLDER / f"level-{level.rate:.0f}.csv", level.driven)
    parameters = fit(found, SLO_MILLISECONDS, LIMIT_CORES)
    write_inputs(FOLDER, SPEC, parameters)
    model = model_with(dict(parameters))
    capacity = capacity_of_one(model, Promise(SLO_MILLISECONDS / 1000))
    click.echo(f"fitted: {parameters}, which makes a capacity of {capacity:.0f} searches per second")
    return Fitted(parameters, model, capacity)


def _run(load: Load, found: Found, profile: str) -> None:
    """One run: driven, written down, simulated and judged."""
    name = f"{profile}-{found.seed}"
    click.echo(f"run {name}")
    busy = Busy()
    driven = drive(load, profiles.rates(profile, found.seed, found.fitted.capacity))
    busy_cores = round(busy.cores(), 2)
    save(FOLDER / f"requests-{name}.csv", driven)
    late = lateness(driven.requests)
    about = {
        "searches": len(driven.requests),
        "sent_late_p99_ms": round(late.p99_ms, 1) if late else None,
        "busy_cores": busy_cores,
    }
    found.add(name, _pairs(driven, found.fitted.model, name), about)
    write(NAME, found.rows, found.summary())


def _pairs(driven: Driven, model: TierModel, name: str) -> list[judging.Pair]:
    offered = judging.offered(driven.requests, driven.seconds)
    write_load(FOLDER, name, offered)
    measured = judging.bad_shares(driven.requests, driven.seconds // INTERVAL_SECONDS, SLO_MILLISECONDS)
    said = verdicts(SPEC, model, offered)
    pairs = [judging.Pair(*both) for both in zip(_per_interval(offered), measured, said, strict=True)]
    judging.write(FOLDER / f"intervals-{name}.csv", pairs)
    return pairs


def _per_interval(offered: Sequence[int]) -> list[int]:
    return [sum(offered[i : i + INTERVAL_SECONDS]) for i in range(0, len(offered), INTERVAL_SECONDS)]


if __name__ == "__main__":
    start(prediction)
