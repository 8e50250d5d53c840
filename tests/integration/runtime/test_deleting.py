"""Deleting a tier takes its children along, keeps its volumes, and needs no operator."""

from __future__ import annotations

from tests.integration.rig import TIER, Rig, await_so, node
from vectortier.clients import kubernetes_kinds as kinds


def test_children_go_and_volumes_stay_also_without_an_operator(rig: Rig) -> None:
    operator = rig.operator().await_ready()
    rig.start_tier()
    operator.kill()
    rig.cluster.kubectl("delete", "vectortier", TIER, f"--namespace={rig.namespace}", "--timeout=60s")
    await_so("the StatefulSet is gone", lambda: not rig.admin.list(kinds.STATEFUL_SET, rig.namespace))
    await_so("the journal is gone", lambda: rig.journal() == {})
    claim = rig.get(kinds.VOLUME_CLAIM, f"data-{node(0)}")
    assert "deletionTimestamp" not in claim["metadata"]


def test_an_operator_that_watches_does_not_bring_them_back(rig: Rig) -> None:
    operator = rig.operator().await_ready()
    rig.start_tier()
    rig.cluster.kubectl("delete", "vectortier", TIER, f"--namespace={rig.namespace}", "--timeout=60s")
    await_so("the StatefulSet is gone", lambda: not rig.admin.list(kinds.STATEFUL_SET, rig.namespace))
    await_so("its series are gone", lambda: f'tier="{TIER}"' not in operator.metrics())
    assert not rig.admin.list(kinds.STATEFUL_SET, rig.namespace)


def test_a_pipeline_says_that_nothing_is_done_for_it_yet(rig: Rig) -> None:
    rig.operator().await_ready()
    rig.cluster.kubectl.apply(PIPELINE.format(namespace=rig.namespace, tier=TIER))
    await_so("it says so", lambda: reason(rig) == "NotImplemented")


def reason(rig: Rig) -> str:
    found = rig.get(kinds.INGEST_PIPELINE, "documents").get("status") or {}
    ready = next((c for c in found.get("conditions", []) if c["type"] == "Ready"), {})
    return str(ready.get("reason"))


PIPELINE = """
apiVersion: vectortier.dev/v1alpha1
kind: IngestPipeline
metadata: {{name: documents, namespace: {namespace}}}
spec:
  tierRef: {{name: {tier}}}
  collection: Ticket
  text: {{properties: [title]}}
  queue: {{managed: {{}}}}
  embedding:
    model: small
    dimensions: 64
    endpoints: [{{url: "https://embeddings.example.com/v1"}}]
"""
