"""The policies by the names that `--policy` takes."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from vectortier.api.vectortier import VectorTierSpec
from vectortier.simulate.capacity import capacity_of_one
from vectortier.simulate.engine import Policy, Scenario
from vectortier.simulate.live.policy import Vectortier
from vectortier.simulate.policies.autoscaled import P99, Cpu, HorizontalPodAutoscaler, SearchesPerCopy
from vectortier.simulate.policies.bounds import Bounds
from vectortier.simulate.policies.optimum import Schedule
from vectortier.simulate.policies.scheduled import Scheduled, look_ahead
from vectortier.simulate.policies.vespa import Vespa
from vectortier.simulate.rates import INTERVAL_SECONDS


class PolicyError(ValueError):
    """No policy has this name, or not with this number."""


@dataclass(frozen=True)
class Setting:
    """What a policy may know when it is set up. Only `lookahead` and `oracle` look at what is still to come."""

    spec: VectorTierSpec
    scenario: Scenario
    bounds: Bounds
    asked_for: tuple[float, ...]
    schedule: Schedule


def _vectortier(setting: Setting) -> Policy:
    return Vectortier(setting.spec)


def _hpa_p99(setting: Setting) -> Policy:
    metric = P99(setting.spec.slo.search.p99_milliseconds)
    return HorizontalPodAutoscaler(metric, setting.bounds, setting.scenario.start_copies)


def _vespa(setting: Setting) -> Policy:
    return Vespa(setting.bounds, setting.scenario.model.delay_intervals * INTERVAL_SECONDS)


def _lookahead(setting: Setting) -> Policy:
    delay = setting.scenario.model.delay_intervals
    return Scheduled(look_ahead(setting.asked_for, delay, setting.bounds), "LookAhead")


def _oracle(setting: Setting) -> Policy:
    return Scheduled(setting.schedule.wanted, "Optimum")


def _static(setting: Setting, copies: int) -> Policy:
    return Scheduled([copies] * len(setting.asked_for), "Static")


def _hpa_cpu(setting: Setting, percent: int) -> Policy:
    metric = Cpu(percent, setting.scenario.model.cores_per_copy)
    return HorizontalPodAutoscaler(metric, setting.bounds, setting.scenario.start_copies)


def _keda_qps(setting: Setting, percent: int) -> Policy:
    capacity = capacity_of_one(setting.scenario.model, setting.scenario.promise)
    metric = SearchesPerCopy(capacity * percent / 100)
    return HorizontalPodAutoscaler(metric, setting.bounds, setting.scenario.start_copies)


PLAIN: dict[str, Callable[[Setting], Policy]] = {
    "vectortier": _vectortier,
    "hpa-p99": _hpa_p99,
    "vespa": _vespa,
    "lookahead": _lookahead,
    "oracle": _oracle,
}
NUMBERED: dict[str, tuple[str, int, Callable[[Setting, int], Policy]]] = {
    "static": ("N", 50, _static),
    "hpa-cpu": ("PERCENT", 1000, _hpa_cpu),
    "keda-qps": ("PERCENT", 1000, _keda_qps),
}
"""By name: what the number is, the greatest that makes sense, and how the policy is made."""


def names() -> str:
    """All of them, as `--policy` takes them."""
    return ", ".join([*PLAIN, *(f"{name}={number}" for name, (number, _, _) in NUMBERED.items())])


def check_policy(text: str) -> None:
    """Raises PolicyError when `make_policy` would."""
    _parse(text)


def make_policy(text: str, setting: Setting) -> Policy:
    """The policy of that name, for this setting. Raises PolicyError."""
    return _parse(text)(setting)


def start_copies_of(text: str, otherwise: int) -> int:
    """With how many copies a policy starts: `static` with its own number."""
    name, _, number = text.partition("=")
    return int(number) if name == "static" else otherwise


def _parse(text: str) -> Callable[[Setting], Policy]:
    if text in PLAIN:
        return PLAIN[text]
    name, _, number = text.partition("=")
    if name not in NUMBERED:
        raise PolicyError(f"the policy '{text}' is not known; there are {names()}")
    what, most, make = NUMBERED[name]
    if not re.fullmatch(r"[1-9][0-9]{0,3}", number) or int(number) > most:
        raise PolicyError(f"the policy '{text}' must be written {name}={what}, with a whole number from 1 to {most}")
    return lambda setting: make(setting, int(number))
