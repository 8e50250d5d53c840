"""A pod without a place: the scheduler's words tell a volume that cannot be had from machines that are full."""

import pytest

from vectortier.api.reasons import Reason
from vectortier.decide.facts.homeless import why_homeless
from vectortier.model.workload import Pod

CLAIM = ("data-t-weaviate-1",)


def pod(message: str = "", scheduled: bool = False) -> Pod:
    return Pod(
        name="t-weaviate-1", uid="u", ordinal=1, phase="Pending", scheduled=scheduled, scheduling_message=message
    )


@pytest.mark.parametrize(
    "message",
    [
        "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found",
        "0/3 nodes are available: 3 node(s) didn't find available persistent volumes to bind.",
        'storageclass.storage.k8s.io "missing" not found',
        "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had volume node affinity conflict.",
    ],
)
def test_a_volume_that_cannot_be_had(message: str) -> None:
    reason, text = why_homeless(pod(message), CLAIM) or ("", "")
    assert reason is Reason.STORAGE_UNAVAILABLE
    assert "data-t-weaviate-1 is not bound" in text


def test_a_full_machine_is_not_blamed_on_the_volume_that_waits_for_it() -> None:
    reason, text = why_homeless(pod("0/3 nodes are available: 3 Insufficient cpu."), CLAIM) or ("", "")
    assert reason is Reason.UNSCHEDULABLE
    assert text == "t-weaviate-1 cannot be scheduled: 0/3 nodes are available: 3 Insufficient cpu"


def test_a_pod_that_nobody_has_judged_yet_is_no_trouble() -> None:
    """Every new pod has an unbound claim for a moment: to say that somebody has to help would be a false alarm."""
    assert why_homeless(pod(), CLAIM) is None


def test_a_claim_that_comes_unbound_under_a_running_pod() -> None:
    assert why_homeless(pod(scheduled=True), CLAIM) is not None
    assert why_homeless(pod(scheduled=True), ("data-t-weaviate-0",)) is None
