"""`python -m tests.benchmarks.prediction`: does the tier model predict what a real tier does?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from tests.benchmarks.capacity import searches
from tests.benchmarks.command import keep_option, start
from tests.benchmarks.prediction import judging, levels, profiles
from tests.benchmarks.prediction.driving import Driven, drive, save
from tests.benchmarks.prediction.fitting import Parameters, fit
from tests.benchmarks.prediction.quiet import Busy, Quiet
from tests.benchmarks.prediction.simulated import verdicts, write_inputs, write_load
from tests.benchmarks.result import Row, publish
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
            fitted, rows, pairs = _all(running.load, quiet, seed)
    summary = judging.judged("all", pairs)
    known = {**fitted.parameters, "capacity": round(fitted.capacity, 1), "seed": seed}
    publish(NAME, [*rows, summary], {**summary, **known})


def _all(load: Load, quiet: Quiet, seed: int) -> tuple[Fitted, list[Row], list[judging.Pair]]:
    rows: list[Row] = []
    pairs: list[judging.Pair] = []
    first, *others = profiles.PROFILES
    with quiet.measuring():
        fitted = _fit(load, seed)
        _run(load, fitted, (first, seed), (rows, pairs))
    quiet.rest()
    with quiet.measuring():
        for profile in others:
            _run(load, fitted, (profile, seed), (rows, pairs))
    return fitted, rows, pairs


def _fit(load: Load, seed: int) -> Fitted:
    click.echo("measuring levels of load")
    found = levels.measure(load, seed, click.echo)
    for level in (found.low, *found.others):
        save(FOLDER / f"level-{level.rate:.0f}.csv", level.driven)
    parameters = fit(found, SLO_MILLISECONDS, LIMIT_CORES)
    write_inputs(FOLDER, SPEC, parameters)
    model = model_with(dict(parameters))
    capacity = capacity_of_one(model, Promise(SLO_MILLISECONDS / 1000))
    click.echo(f"fitted: {parameters}, which makes a capacity of {capacity:.0f} searches per second")
    return Fitted(parameters, model, capacity)


def _run(load: Load, fitted: Fitted, profile: tuple[str, int], into: tuple[list[Row], list[judging.Pair]]) -> None:
    """One run: driven, written down, simulated and judged."""
    name = "{}-{}".format(*profile)
    click.echo(f"run {name}")
    busy = Busy()
    driven = drive(load, profiles.rates(*profile, fitted.capacity))
    busy_cores = round(busy.cores(), 2)
    save(FOLDER / f"requests-{name}.csv", driven)
    found = _pairs(driven, fitted.model, name)
    late = lateness(driven.requests)
    rows, pairs = into
    rows.append(
        {
            **judging.judged(name, found),
            "searches": len(driven.requests),
            "sent_late_p99_ms": round(late.p99_ms, 1) if late else None,
            "busy_cores": busy_cores,
        }
    )
    pairs += found


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
