"""The manifests and the children on a real kube-apiserver, with the operator's own rights."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster.cluster import Cluster
from tests.cluster.errors import ClusterError
from tests.cluster.kubectl import Kubectl
from tests.unit.children.tiers import tier
from vectortier.children.build import build_children
from vectortier.children.keys import build_keys

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "unit" / "children" / "golden"
OPERATOR = "--as=system:serviceaccount:vectortier-system:vectortier"
NAMESPACE = "search"
WITH_STATUS = ("StatefulSet", "Deployment", "PodDisruptionBudget")


@pytest.fixture(scope="module")
def installed(control_plane: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubectl]:
    """The manifests as a user installs them, with a restricted namespace for tiers."""
    kubectl = control_plane.kubectl
    namespace: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": NAMESPACE, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
    }
    kubectl("apply", "--filename=-", text=json.dumps(namespace))
    copy = tmp_path_factory.mktemp("install")
    for folder in ("crds", "manifests"):
        shutil.copytree(ROOT / folder, copy / folder)
    kubectl("apply", "--server-side", f"--kustomize={copy / 'manifests' / 'install'}")
    kubectl("wait", "--for=condition=Established", "customresourcedefinition", "--all", "--timeout=30s")
    yield kubectl
    kubectl("delete", "namespace", NAMESPACE, "--wait=false")


def apply(kubectl: Kubectl, child: dict[str, Any]) -> dict[str, Any]:
    arguments = ("apply", "--server-side", "--field-manager=vectortier", "--filename=-", "--output=json", OPERATOR)
    applied: dict[str, Any] = json.loads(kubectl(*arguments, text=json.dumps(child)))
    return applied


@pytest.mark.parametrize("case", sorted(path.name for path in GOLDEN.iterdir()))
def test_children_are_accepted_and_applying_them_again_writes_nothing(installed: Kubectl, case: str) -> None:
    written = yaml.safe_load((GOLDEN / case / "tier.yaml").read_text())
    user = {
        "apiVersion": "vectortier.dev/v1alpha1",
        "kind": "VectorTier",
        "metadata": {"name": case, "namespace": NAMESPACE},
        "spec": written["spec"],
    }
    created = json.loads(installed("create", "--filename=-", "--output=json", text=json.dumps(user)))
    context = tier(
        created["spec"], name=case, uid=created["metadata"]["uid"], nodes=written["nodes"], copies=written["copies"]
    )
    keys = build_keys(context, bytes)
    if keys:
        installed("create", "--filename=-", OPERATOR, text=json.dumps(keys))

    for child in build_children(context):
        first, second = apply(installed, child), apply(installed, child)
        assert written_by_us(second) == written_by_us(first)


def written_by_us(child: dict[str, Any]) -> Any:
    """What changes with every write of ours. Controllers write the status of some kinds meanwhile; for those it is
    the generation, for the others the resource version."""
    metadata = child["metadata"]
    return metadata["generation" if child["kind"] in WITH_STATUS else "resourceVersion"]


def test_pods_are_admitted_where_pod_security_is_restricted(installed: Kubectl) -> None:
    """The namespace refuses other pods; the workloads' controllers would say so in events and create none."""
    context = tier(name="admitted", uid="11111111-2222-3333-4444-555555555555")
    for child in build_children(context):
        if "template" in child.get("spec", {}):
            template = child["spec"]["template"]
            metadata = template["metadata"] | {"name": child["metadata"]["name"], "namespace": NAMESPACE}
            pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"] | _data_volume()}
            pod["spec"]["volumes"] = template["spec"]["volumes"] + _data_volume()["volumes"]
            pod["spec"].pop("serviceAccountName")
            installed("create", "--dry-run=server", "--filename=-", text=json.dumps(pod))
            pod["spec"]["securityContext"] = {}
            with pytest.raises(ClusterError, match="violates PodSecurity"):
                installed("create", "--dry-run=server", "--filename=-", text=json.dumps(pod))


def _data_volume() -> dict[str, Any]:
    return {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]}


@pytest.mark.parametrize(
    ("verb", "resource", "namespace"),
    [
        ("list", "secrets", NAMESPACE),
        ("patch", "secrets", NAMESPACE),
        ("delete", "deployments.apps", NAMESPACE),
        ("patch", "persistentvolumes", NAMESPACE),
        ("patch", "vectortiers.vectortier.dev", NAMESPACE),
        ("get", "pods", "default"),
        ("get", "secrets", "vectortier-system"),
        ("list", "namespaces", NAMESPACE),
    ],
)
def test_the_operator_may_not(installed: Kubectl, verb: str, resource: str, namespace: str) -> None:
    with pytest.raises(ClusterError):
        installed("auth", "can-i", verb, resource, f"--namespace={namespace}", "--quiet", OPERATOR)


def test_the_operator_may_take_its_lease(installed: Kubectl) -> None:
    arguments = ("auth", "can-i", "update", "leases.coordination.k8s.io/vectortier-operator", "--quiet", OPERATOR)
    installed(*arguments, "--namespace=vectortier-system")
