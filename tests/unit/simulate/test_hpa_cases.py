"""Random cases of which Kubernetes' own code says what comes out: ours says the same, in all of them.

`hpa_cases.jsonl` is the output of `python -m tests.hpa`, which compiles and asks that code.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from vectortier.simulate.hpa.behavior import Behavior, PolicyType, ScaleEvent, ScalingPolicy, ScalingRules, SelectPolicy
from vectortier.simulate.hpa.normalise import Limits, Recommendation, stabilised
from vectortier.simulate.hpa.pods import Pod, PodMetric
from vectortier.simulate.hpa.replicas import Tolerance, for_average_value, for_utilisation, for_value
from vectortier.simulate.policies.bounds import Bounds

Case = dict[str, Any]
CASES: list[Case] = [json.loads(line) for line in Path(__file__).with_name("hpa_cases.jsonl").read_text().splitlines()]
NOW = 0.0


def answer(case: Case) -> int | None:
    """What ours says."""
    current, tolerance = case["current"], Tolerance(case["up"], case["down"])
    match case["kind"]:
        case "utilisation":
            metrics = {str(i): metric(p) for i, p in enumerate(case["pods"]) if "value" in p}
            pods = [pod(i, p, case["request"]) for i, p in enumerate(case["pods"])]
            return for_utilisation(current, case["target"], pods, metrics, NOW, tolerance)
        case "value":
            return for_value(current, case.get("usage", 0), case["target"], case.get("ready", 0), tolerance)
        case "average_value":
            return for_average_value(current, case.get("usage", 0), case["target"], tolerance)
        case _:
            return normalised(case)


def normalised(case: Case) -> int:
    behavior = Behavior(rules(case["scale_up"]), rules(case["scale_down"]))
    earlier = [Recommendation(-past["age"], past["replicas"]) for past in case.get("recommended", [])]
    added, removed = (
        [ScaleEvent(-past["age"], past["replicas"]) for past in case.get(name, [])] for name in ("added", "removed")
    )
    stable = stabilised(case["current"], case.get("desired", 0), earlier, behavior, NOW)
    return Limits(Bounds(case["least"], case["most"]), behavior, added, removed).hold(case["current"], stable, NOW)


def rules(given: Case) -> ScalingRules:
    policies = tuple(ScalingPolicy(PolicyType(p["type"]), p["value"], p["period"]) for p in given["policies"])
    return ScalingRules(given["window"], policies, SelectPolicy(given["select"]))


def pod(number: int, given: Case, request: int) -> Pod:
    pending = given.get("pending", False)
    return Pod(str(number), -given["age"], given["ready"], -given["ready_age"], pending, request)


def metric(given: Case) -> PodMetric:
    return PodMetric(given["value"], -given["taken_age"], window_seconds=15.0)


def test_there_are_enough_cases_of_each_kind_and_they_are_no_formality() -> None:
    kinds = Counter(case["kind"] for case in CASES)
    assert sum(kinds.values()) >= 1000
    assert min(kinds.values()) >= 200
    for kind in kinds:
        changed = [case["want"] != case["current"] for case in CASES if case["kind"] == kind]
        assert 0.2 < sum(changed) / len(changed) < 0.95, kind
    missing = [c for c in CASES if c["kind"] == "utilisation" and any("value" not in p for p in c["pods"])]
    assert len(missing) > 200


@pytest.mark.parametrize("kind", ["utilisation", "value", "average_value", "normalise"])
def test_ours_says_what_kubernetes_says(kind: str) -> None:
    cases = [case for case in CASES if case["kind"] == kind]
    different = [(case, answer(case)) for case in cases if answer(case) != case["want"]]
    assert different == []
