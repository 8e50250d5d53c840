"""Drift: what the API server adds is none, what somebody changes is."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from vectortier.act.drift import APPLIED_ANNOTATION, drift, stamped

DESIRED: dict[str, Any] = {
    "kind": "StatefulSet",
    "metadata": {"name": "a", "labels": {"x": "y"}},
    "spec": {
        "replicas": 1,
        "template": {
            "spec": {
                "containers": [
                    {
                        "name": "weaviate",
                        "resources": {"limits": {"cpu": "1000m", "memory": "1024Mi"}},
                        "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "1000m"}],
                    }
                ],
                "volumes": [],
                "nodeSelector": {},
            }
        },
    },
}


def live() -> dict[str, Any]:
    """As the API server gives it back: defaults filled in, quantities written its own way, empty things dropped."""
    found = copy.deepcopy(DESIRED)
    found["metadata"] |= {"uid": "u", "resourceVersion": "7"}
    pod = found["spec"]["template"]["spec"]
    del pod["volumes"], pod["nodeSelector"]
    pod["containers"][0]["resources"]["limits"] = {"cpu": "1", "memory": "1Gi"}
    pod["containers"][0]["imagePullPolicy"] = "IfNotPresent"
    return found


def container(found: dict[str, Any]) -> dict[str, Any]:
    first: dict[str, Any] = found["spec"]["template"]["spec"]["containers"][0]
    return first


def test_defaults_and_another_spelling_of_a_quantity_are_no_drift() -> None:
    assert drift(DESIRED, live()) is None


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("metadata.labels.x", lambda found: found["metadata"]["labels"].update(x="z")),
        ("metadata.labels.x", lambda found: found["metadata"]["labels"].clear()),
        ("spec.replicas", lambda found: found["spec"].update(replicas=2)),
        ("limits.cpu", lambda found: container(found)["resources"]["limits"].update(cpu="2")),
        ("env", lambda found: container(found)["env"].append({"name": "C", "value": ""})),
        ("env[1].value", lambda found: container(found)["env"][1].update(value="1")),
    ],
)
def test_what_somebody_changes_is_named(where: str, change: Any) -> None:
    found = live()
    change(found)
    assert (drift(DESIRED, found) or "").endswith(where)


def test_items_with_names_are_compared_by_name() -> None:
    found = live()
    container(found)["env"].reverse()
    assert drift(DESIRED, found) is None


def test_what_was_taken_out_of_the_spec_shows_by_the_hash() -> None:
    before, after = copy.deepcopy(DESIRED), copy.deepcopy(DESIRED)
    before["spec"]["template"]["spec"]["nodeSelector"] = {"disk": "fast"}
    assert drift(after, before) is None, "a comparison alone does not see it"
    assert drift(stamped(after), stamped(before)) == f"metadata.annotations.{APPLIED_ANNOTATION}"


def test_a_change_of_replicas_alone_does_not_change_the_hash() -> None:
    more = copy.deepcopy(DESIRED)
    more["spec"]["replicas"] = 5
    hashes = {stamped(one)["metadata"]["annotations"][APPLIED_ANNOTATION] for one in (DESIRED, more)}
    assert len(hashes) == 1
