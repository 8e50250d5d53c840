"""A VectorTier becomes its children, stays as it is, and is mended when somebody changes a child."""

from __future__ import annotations

import time

from tests.fakes.weaviate import Fault
from tests.integration.rig import TIER, Rig, await_so, node
from vectortier.clients import kubernetes_kinds as kinds


def test_a_tier_is_built_served_and_reported(rig: Rig) -> None:
    rig.operator().await_ready()
    rig.start_tier()
    await_so("Ready", lambda: rig.condition("Ready").get("status") == "True", 60)
    await_so("SLOMet", lambda: rig.condition("SLOMet").get("status") == "True")
    tier = rig.tier()
    assert tier["status"]["observedGeneration"] == tier["metadata"]["generation"]
    assert (tier["status"]["nodes"], tier["status"]["readyNodes"], tier["status"]["servingNodes"]) == (1, 1, 1)
    assert "finalizers" not in tier["metadata"]
    assert not [key for key in tier["metadata"].get("annotations", {}) if "kopf" in key]
    managers = {entry["manager"] for entry in tier["metadata"]["managedFields"] if entry.get("subresource") == "status"}
    assert managers == {"vectortier"}


def test_a_child_that_is_changed_or_deleted_is_mended(rig: Rig) -> None:
    rig.operator().await_ready()
    rig.start_tier()
    join = f"{node(0).removesuffix('-0')}-join"
    before = rig.get(kinds.SERVICE, join)["metadata"]["uid"]
    rig.cluster.kubectl("delete", "service", join, f"--namespace={rig.namespace}")
    await_so("the Service is made anew", lambda: rig.get(kinds.SERVICE, join)["metadata"]["uid"] != before)
    rig.cluster.kubectl(
        "patch",
        "statefulset",
        node(0).removesuffix("-0"),
        f"--namespace={rig.namespace}",
        "--type=merge",
        "--patch",
        '{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":37}}}}',
    )
    await_so("the StatefulSet is as it was built", lambda: _grace(rig) != 37)


def test_a_change_of_the_spec_reaches_the_children_while_weaviate_hangs(rig: Rig) -> None:
    rig.operator().await_ready()
    rig.start_tier()
    with rig.weaviate.fault(Fault(pattern=".*", delay_seconds=30.0)):
        time.sleep(1.5)  # long enough for a look that hangs to have begun
        begun = time.monotonic()
        rig.apply_tier(gateway={"replicas": 3})
        await_so(
            "the gateway has three replicas",
            lambda: rig.get(kinds.DEPLOYMENT, f"{TIER}-gateway")["spec"]["replicas"] == 3,
            4.0,
        )
        # The look's deadline is 6 s: whoever waits for it cannot be this quick.
        assert time.monotonic() - begun < 4.0


def _grace(rig: Rig) -> int:
    workload = rig.get(kinds.STATEFUL_SET, node(0).removesuffix("-0"))
    return int(workload["spec"]["template"]["spec"]["terminationGracePeriodSeconds"])
