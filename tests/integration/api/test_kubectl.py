"""What kubectl shows of the two kinds."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cluster.cluster import Cluster
from tests.integration.api.server import ApiServer
from tests.unit.api.specimens import FULL_PIPELINE, FULL_TIER, SMALL_TIER
from vectortier.api.vectortier import VectorTierSpec


@pytest.fixture(scope="module")
def shown(server: ApiServer) -> Iterator[ApiServer]:
    """A tier and a pipeline with a full status, and a tier that nobody has looked at."""
    unseen = {**SMALL_TIER, "metadata": {"name": "unseen"}}
    for obj in (FULL_TIER, FULL_PIPELINE, unseen):
        server.create(obj)
    for obj in (FULL_TIER, FULL_PIPELINE):
        server.replace_status(obj)
    yield server
    for obj in (FULL_TIER, FULL_PIPELINE, unseen):
        server.delete(obj)


def table(text: str) -> dict[str, dict[str, str]]:
    """The rows of what `kubectl get` printed, by name; a cell is what stands under its head."""
    head, *lines = text.splitlines()
    names = [name for name in head.split("  ") if name.strip()]
    starts = [head.index(name) for name in names]
    ends = [*starts[1:], None]
    cells = [[line[start:end].strip() for start, end in zip(starts, ends, strict=True)] for line in lines]
    heads = [name.strip() for name in names]
    return {row[0]: dict(zip(heads, row, strict=True)) for row in cells}


@pytest.mark.usefixtures("shown")
def test_a_tier_shows_its_promise_and_whether_it_is_kept(control_plane: Cluster) -> None:
    rows = table(control_plane.kubectl("get", "vt"))

    assert {**rows["tickets"], "AGE": ""} == {
        "NAME": "tickets", "READY": "True", "NODES": "1", "COPIES": "1", "SLO MS": "250", "P99 MS": "9",
        "SLOMET": "", "REASON": "", "AGE": "",
    }  # fmt: skip


@pytest.mark.usefixtures("shown")
def test_the_wide_table_says_what_is_going_on(control_plane: Cluster) -> None:
    row = table(control_plane.kubectl("get", "vt", "-o", "wide"))["tickets"]

    assert {name: row[name] for name in ("SERVING", "MIN", "MAX", "MODE", "VERSION", "OPERATION", "STATUS")} == {
        "SERVING": "1", "MIN": "2", "MAX": "6", "MODE": "Auto", "VERSION": "1.39.3",
        "OPERATION": "copying", "STATUS": "all is well",
    }  # fmt: skip


@pytest.mark.usefixtures("shown")
def test_nothing_is_counted_before_the_operator_has_looked(control_plane: Cluster) -> None:
    row = table(control_plane.kubectl("get", "vt"))["unseen"]
    status = json.loads(control_plane.kubectl("get", "vt", "unseen", "-o", "json"))["status"]

    assert (row["READY"], row["NODES"], row["COPIES"]) == ("", "", "")
    assert status == {"observedGeneration": -1}


@pytest.mark.usefixtures("shown")
def test_one_category_lists_both_kinds(control_plane: Cluster) -> None:
    names = control_plane.kubectl("get", "vector", "-o", "name").split()

    assert sorted(names) == [
        "ingestpipeline.vectortier.dev/documents",
        "vectortier.vectortier.dev/tickets",
        "vectortier.vectortier.dev/unseen",
    ]


@pytest.mark.usefixtures("shown")
def test_pipelines_are_found_by_their_tier(control_plane: Cluster) -> None:
    def select(tier: str) -> list[str]:
        return control_plane.kubectl(
            "get", "ingest", f"--field-selector=spec.tierRef.name={tier}", "-o", "name"
        ).split()

    assert select("tickets") == ["ingestpipeline.vectortier.dev/documents"]
    assert select("other") == []


def test_an_external_scaler_sets_the_workers(control_plane: Cluster, shown: ApiServer) -> None:
    control_plane.kubectl("scale", "ingest", "documents", "--replicas=4")
    scale = json.loads(
        control_plane.kubectl(
            "get", "--raw", "/apis/vectortier.dev/v1alpha1/namespaces/default/ingestpipelines/documents/scale"
        )
    )

    assert shown.get(FULL_PIPELINE)["spec"]["workers"]["replicas"] == 4
    assert (scale["spec"], scale["status"]) == ({"replicas": 4}, {"replicas": 1, "selector": "app=worker"})


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("vt.spec.slo.search.p99Milliseconds", ["<integer>", "in milliseconds", "Example: 250."]),
        ("vt.spec.nodes.max", ["<integer>", "Default: 1."]),
        ("vt.spec.mode", ["ENUM: Auto Observe"]),
        ("ingest.spec.workers.replicas", ["when scaling is External"]),
    ],
)
def test_explain_says_unit_default_and_example(
    control_plane: Cluster, server: ApiServer, field: str, expected: list[str]
) -> None:
    assert server
    text = " ".join(control_plane.kubectl("explain", field).split())

    assert [part for part in expected if part not in text] == []


def test_the_defaults_are_those_of_the_models(server: ApiServer) -> None:
    """So that Git, the live object and the operator agree on what was not said."""
    tier: dict[str, Any] = {**SMALL_TIER, "metadata": {"name": "defaulted"}}
    stored = server.create(tier)
    server.delete(tier)
    said = VectorTierSpec.model_validate(tier["spec"]).model_dump(mode="json", by_alias=True, exclude_none=True)

    assert stored["spec"] == without_empty_lists(said)


def without_empty_lists(value: Any) -> Any:
    """Absent and empty mean the same for lists and maps of entries; objects of fields stay."""
    if isinstance(value, dict):
        kept = {name: without_empty_lists(entry) for name, entry in value.items()}
        return {name: entry for name, entry in kept.items() if entry != [] and name != "nodeSelector"}
    return value
