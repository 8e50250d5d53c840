"""The pod of one Weaviate node."""

from typing import Any

from vectortier.children import names
from vectortier.children.context import TierContext
from vectortier.children.metadata import labels
from vectortier.children.names import WEAVIATE
from vectortier.children.pods import (
    SMALL_RESOURCES,
    container_security,
    from_pod,
    pod_security,
    port,
    resources,
    spread,
)
from vectortier.children.weaviate_env import DATA_PATH, build_environment

DATA_VOLUME = "data"
_USER = 1000

# A node that is told to stop serves on while the gateway is told to leave it: one look of the operator, at most 6 s,
# and the gateway's next question. Requests on a connection that Weaviate closes under them would fail.
_LEAVE_SECONDS = 10

# Weaviate takes seconds as a rule and 60 s at most; one that is killed before reads its logs at the next start. Longer
# would delay more than the pod: Kubernetes looks whether the pods of a deleted namespace are gone after half of this,
# deletes what else is in it only then, and a namespace has to go within a minute.
_TERMINATION_SECONDS = _LEAVE_SECONDS + 50

# How long a node waits for the names of the others before its start is reported as failed and tried again.
_AWAIT_SECONDS = 300


def build_weaviate_pod(tier: TierContext) -> dict[str, Any]:
    """The pod template of the StatefulSet. It depends on the spec alone, never on the state of the tier."""
    weaviate = tier.spec.weaviate
    spec: dict[str, Any] = {
        "serviceAccountName": names.weaviate(tier.name),
        "automountServiceAccountToken": False,
        # A Service called 'host' would otherwise set Weaviate's HOST.
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": _TERMINATION_SECONDS,
        "securityContext": pod_security(_USER),
        **spread(tier, WEAVIATE),
        "initContainers": [_await_name(tier)],
        "containers": [_weaviate(tier)],
        "volumes": [{"name": "tmp", "emptyDir": {}}],
    }
    if weaviate.node_selector:
        spec["nodeSelector"] = dict(sorted(weaviate.node_selector.items()))
    if weaviate.tolerations:
        spec["tolerations"] = [
            toleration.model_dump(mode="json", exclude_none=True) for toleration in weaviate.tolerations
        ]
    if weaviate.priority_class_name:
        spec["priorityClassName"] = weaviate.priority_class_name
    return {"metadata": {"labels": labels(tier, WEAVIATE)}, "spec": spec}


def _await_name(tier: TierContext) -> dict[str, Any]:
    """Lets Weaviate start only when the names it looks up, once, can be found."""
    own = names.node_host("$(POD_NAME)", tier.name, tier.namespace)
    arguments = ["--own", own, "--address", "$(POD_IP)"]
    for voter in tier.voters:
        arguments += ["--voter", names.node_host(voter, tier.name, tier.namespace)]
    arguments += ["--port", str(names.GOSSIP_PORT), "--timeout-seconds", str(_AWAIT_SECONDS)]
    return {
        "name": "await-name",
        "image": tier.operator.image,
        "command": ["vectortier", "await-name", *arguments],
        "env": [from_pod("POD_NAME", "metadata.name"), from_pod("POD_IP", "status.podIP")],
        "resources": SMALL_RESOURCES,
        "securityContext": container_security(),
    }


def _weaviate(tier: TierContext) -> dict[str, Any]:
    weaviate = tier.spec.weaviate
    return {
        "name": WEAVIATE,
        "image": f"{weaviate.image}:{weaviate.version}",
        "command": ["/bin/weaviate"],
        "args": ["--host=0.0.0.0", f"--port={names.HTTP_PORT}", "--scheme=http", "--write-timeout=300s"],
        "env": build_environment(tier),
        "ports": [
            port("http", names.HTTP_PORT),
            port("grpc", names.GRPC_PORT),
            port("metrics", names.METRICS_PORT),
            port("gossip", names.GOSSIP_PORT),
            port("gossip-udp", names.GOSSIP_PORT, "UDP"),
            port("data", names.DATA_PORT),
            port("raft", names.RAFT_PORT),
            port("raft-rpc", names.RAFT_RPC_PORT),
        ],
        "lifecycle": {"preStop": {"sleep": {"seconds": _LEAVE_SECONDS}}},
        **_probes(),
        "resources": resources(weaviate.resources),
        "securityContext": container_security(),
        "volumeMounts": [{"name": DATA_VOLUME, "mountPath": DATA_PATH}, {"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108
    }


def _probes() -> dict[str, Any]:
    """How the kubelet judges a node.

    Busy is not dead: a node that lacks CPU answers late, and a restart would make it, and then the others, worse.
    Unready takes six failures, since Weaviate reports it whenever gossip is late. A start may take an hour: all
    shards and their vectors are read before the node serves.
    """
    return {
        "startupProbe": _probe("live", periodSeconds=2, timeoutSeconds=5, failureThreshold=1800),
        "readinessProbe": _probe("ready", periodSeconds=5, timeoutSeconds=5, failureThreshold=6),
        "livenessProbe": _probe("live", periodSeconds=20, timeoutSeconds=15, failureThreshold=9),
    }


def _probe(path: str, **timing: int) -> dict[str, Any]:
    return {"httpGet": {"path": f"/v1/.well-known/{path}", "port": "http", "scheme": "HTTP"}, **timing}
