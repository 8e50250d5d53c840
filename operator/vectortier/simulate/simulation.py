"""A whole simulation: the load, the optimum for it, the policy's run, the figures."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from vectortier.api.vectortier import VectorTierSpec
from vectortier.simulate.capacity import Promise, capacity_of_one, copies_asked_for
from vectortier.simulate.engine import Run, Scenario, run
from vectortier.simulate.model import TierModel
from vectortier.simulate.policies.bounds import bounds_of
from vectortier.simulate.policies.optimum import Schedule, optimum
from vectortier.simulate.policies.registry import Setting, make_policy, start_copies_of
from vectortier.simulate.rates import Rates, in_intervals
from vectortier.simulate.summary import Summary, summarise


class NothingToScaleError(ValueError):
    """A load without searches cannot be scaled to a number of copies."""


@dataclass(frozen=True)
class Outcome:
    """The figures, and the run that they are from."""

    summary: Summary
    run: Run
    promise: Promise
    asked_for: tuple[float, ...]
    """Copies that the load asked for in each interval, not rounded."""
    schedule: Schedule
    """The optimum."""


def promise_of(spec: VectorTierSpec) -> Promise:
    """The promise of a VectorTier."""
    return Promise(spec.slo.search.p99_milliseconds / 1000)


def scale_to_copies(rates: Rates, copies: int, model: TierModel, promise: Promise) -> Rates:
    """The rates, changed so that their peak is the capacity of so many copies. Raises NothingToScaleError and
    NoCapacityError."""
    peak = rates.peak()
    if peak <= 0:
        raise NothingToScaleError("the load has no searches at its peak: it cannot be scaled to a number of copies")
    return rates.scaled(copies * capacity_of_one(model, promise) / peak)


def prepare(spec: VectorTierSpec, rates: Rates, model: TierModel, policy: str) -> Setting:
    """Work out what the load asks for, and the optimum. Raises NoCapacityError."""
    load, promise, bounds = in_intervals(rates), promise_of(spec), bounds_of(spec)
    asked_for = copies_asked_for(model, promise, load)
    schedule = optimum(asked_for, model, bounds)
    # With what is best to start with, so that nobody is blamed for what the load was before.
    scenario = Scenario(load, model, promise, start_copies_of(policy, schedule.start))
    return Setting(spec, scenario, bounds, asked_for, schedule)


def simulate(setting: Setting, policy: str, seed: int, tell: Callable[[int], None] = lambda _: None) -> Outcome:
    """Let the policy of that name run. Raises PolicyError. `tell` gets the number of each finished interval."""
    ran = run(setting.scenario, make_policy(policy, setting), random.Random(seed), tell)  # noqa: S311 nothing secret is drawn
    promise = setting.scenario.promise
    summary = summarise(policy, ran, promise, setting.schedule)
    return Outcome(summary, ran, promise, setting.asked_for, setting.schedule)
