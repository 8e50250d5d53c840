"""A small tier to simulate: one copy answers 67 searches a second within 100 ms, and takes a minute to make."""

from typing import Any

from vectortier.api.vectortier import VectorTierSpec
from vectortier.simulate.capacity import Promise, capacity_of_one
from vectortier.simulate.engine import Scenario
from vectortier.simulate.model import TierModel, model_with
from vectortier.simulate.rates import Load, Rates

PROMISE = Promise(0.1)


def model(**changes: Any) -> TierModel:
    """Boot, transfer and loading take one, two and one interval; nothing is noisy or late."""
    quiet = {
        "searchMilliseconds": 40,
        "coresPerCopy": 4,
        "bootSeconds": 15,
        "bytesPerCopy": 30_000_000,
        "copyBytesPerSecond": 1_000_000,
        "loadSeconds": 15,
        "scrapeLagSeconds": 0,
        "samplingNoise": False,
    }
    return model_with({**quiet, **changes})


def spec(**changes: Any) -> VectorTierSpec:
    """Up to six copies on as many nodes."""
    base: dict[str, Any] = {
        "nodes": {"min": 1, "max": 6},
        "copies": {"min": 1, "max": 6},
        "slo": {"search": {"p99Milliseconds": 100}},
    }
    return VectorTierSpec.model_validate({**base, **changes})


def capacity(tier_model: TierModel | None = None) -> float:
    """Searches per second that one copy takes."""
    return capacity_of_one(tier_model or model(), PROMISE)


def load(*copies: float, writes: float = 0.0) -> Load:
    """Intervals in each of which so many copies are asked for."""
    one = capacity()
    return Load(tuple(c * one for c in copies), tuple(writes for _ in copies))


def rates(*copies: float, of: TierModel | None = None) -> Rates:
    """The same as rates per second, for copies of the given model."""
    one = capacity(of)
    seconds = [c * one for c in copies for _ in range(15)]
    return Rates(seconds, [0.0] * len(seconds))


def scenario(*copies: float, start: int = 1, **changes: Any) -> Scenario:
    """A load in copies of the small model, met by a model with changes."""
    return Scenario(load(*copies), model(**changes), PROMISE, start)
