"""Who wrote what: counted three ways, of which none trusts another.

The operator counts each request that it sends. The API server counts each request that it gets, no matter whether it
changes anything. And an object that was written has another resourceVersion.
"""

from __future__ import annotations

import json
import re
import urllib.request
from dataclasses import dataclass

from tests.cluster.kubectl import Kubectl
from tests.installation import OPERATOR_NAMESPACE

# What the operator may write; a Lease is where its leader renews, every two seconds, by design.
_KINDS = (
    *("vectortiers", "ingestpipelines", "statefulsets", "deployments", "services", "configmaps", "serviceaccounts"),
    *("secrets", "poddisruptionbudgets", "networkpolicies", "events"),
)
_WRITES = frozenset({"POST", "PUT", "PATCH", "APPLY", "DELETE", "DELETECOLLECTION"})
_SENT = re.compile(r'(?m)^vectortier_api_requests_total\{kind="(\w+)",status="\d+",verb="(\w+)"\} ([\d.e+]+)$')
_LOOKS = re.compile(r'(?m)^vectortier_reconcile_total\{kind="VectorTier",result="success"\} ([\d.e+]+)$')
_RECEIVED = re.compile(r"(?m)^apiserver_request_total\{(.*)\} ([\d.e+]+)$")
_LABEL = re.compile(r'(\w+)="([^"]*)"')
_METRICS_PORT = 8000


@dataclass(frozen=True)
class Written:
    """All counts at one moment."""

    by_operator: int
    by_server: int
    versions: dict[str, str]
    looks: int

    def since(self, before: Written, restarted: bool = False) -> dict[str, int]:
        """What was written in between, as columns of a row; a restarted operator counts from 0."""
        changed = {name for name, version in self.versions.items() if before.versions.get(name) != version}
        gone = before.versions.keys() - self.versions.keys()
        return {
            "looks": self.looks - (0 if restarted else before.looks),
            "writes_by_operator": self.by_operator - (0 if restarted else before.by_operator),
            "writes_at_api_server": self.by_server - before.by_server,
            "objects_changed": len(changed | gone),
        }


def written(kubectl: Kubectl, namespace: str) -> Written:
    """Count now. Raises ClusterError or OSError when somebody does not answer."""
    own = _operators_metrics(kubectl)
    looks = sum(float(count) for count in _LOOKS.findall(own))
    received = received_writes(kubectl("get", "--raw", "/metrics"))
    return Written(sent_writes(own), received, _versions(kubectl, namespace), int(looks))


def sent_writes(metrics: str) -> int:
    """How many write requests the operator has sent, by its own metrics."""
    found = _SENT.findall(metrics)
    return int(sum(float(count) for kind, verb, count in found if verb in _WRITES and kind != "Lease"))


def received_writes(metrics: str) -> int:
    """Writes to the kinds that the operator may write, by anybody; of their subresources, only a tier's status."""
    found = 0
    for text, count in _RECEIVED.findall(metrics):
        labels = dict(_LABEL.findall(text))
        own = not labels["subresource"] or labels["group"] == "vectortier.dev"
        if labels["verb"] in _WRITES and labels["resource"] in _KINDS and own:
            found += int(float(count))
    return found


def operators_pod(kubectl: Kubectl) -> dict[str, str] | None:
    """Name and address of the operator's pod that is ready; None when there is not exactly one pod and it is."""
    words = ("get", "pods", "-n", OPERATOR_NAMESPACE, "-l", "app.kubernetes.io/name=vectortier", "-o", "json")
    pods = json.loads(kubectl(*words))["items"]
    if len(pods) != 1:
        return None
    conditions = {one["type"]: one["status"] for one in pods[0]["status"].get("conditions", [])}
    if conditions.get("Ready") != "True":
        return None
    return {"name": pods[0]["metadata"]["name"], "address": pods[0]["status"]["podIP"]}


def _operators_metrics(kubectl: Kubectl) -> str:
    pod = operators_pod(kubectl)
    if pod is None:
        raise OSError("the operator is not ready")
    with urllib.request.urlopen(f"http://{pod['address']}:{_METRICS_PORT}/metrics", timeout=10) as answer:
        return str(answer.read().decode())


def _versions(kubectl: Kubectl, namespace: str) -> dict[str, str]:
    items = json.loads(kubectl("get", ",".join(_KINDS), "-n", namespace, "-o", "json"))["items"]
    return {f"{one['kind']}/{one['metadata']['name']}": one["metadata"]["resourceVersion"] for one in items}
