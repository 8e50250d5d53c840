"""The manifests: they install what the code expects, and allow what it does and nothing else."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.children.tiers import tier
from vectortier.api.vectortier import VectorTierSpec
from vectortier.children.build import build_children, unwanted_children
from vectortier.children.keys import build_keys
from vectortier.children.pods import OPERATOR_USER

ROOT = Path(__file__).parents[3]
MANIFESTS = ROOT / "manifests"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

RESOURCES = {
    "StatefulSet": "statefulsets",
    "Deployment": "deployments",
    "Service": "services",
    "ConfigMap": "configmaps",
    "ServiceAccount": "serviceaccounts",
    "Secret": "secrets",
    "PodDisruptionBudget": "poddisruptionbudgets",
    "NetworkPolicy": "networkpolicies",
}


def documents(path: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((MANIFESTS / path).read_text()))


def rules() -> list[dict[str, Any]]:
    [role] = documents("components/watched-namespace/role.yaml")
    return role["rules"]


def verbs(resource: str) -> set[str]:
    return {verb for rule in rules() if resource in rule["resources"] for verb in rule["verbs"]}


def operator() -> tuple[dict[str, Any], dict[str, Any]]:
    [deployment] = documents("base/deployment.yaml")
    pod = deployment["spec"]["template"]["spec"]
    return pod, pod["containers"][0]


def all_manifests() -> list[Path]:
    return sorted(MANIFESTS.rglob("*.yaml"))


@pytest.mark.parametrize(
    "child", build_children(tier()), ids=lambda child: f"{child['kind']}-{child['metadata']['name']}"
)
def test_the_operator_may_apply_every_child(child: dict[str, Any]) -> None:
    assert {"get", "list", "watch", "create", "patch"} <= verbs(RESOURCES[child["kind"]])


def test_the_operator_may_delete_only_what_it_does_delete() -> None:
    unwanted = {RESOURCES[child["kind"]] for child in unwanted_children(tier({"gateway": {"replicas": 1}}))}
    deletable = {resource for rule in rules() if "delete" in rule["verbs"] for resource in rule["resources"]}
    assert deletable == unwanted | {"pods"}


def test_secrets_are_read_and_created_one_by_one() -> None:
    keys = build_keys(tier(), bytes)
    assert keys is not None
    assert verbs(RESOURCES[keys["kind"]]) == {"get", "create"}


def test_the_users_resources_are_never_written() -> None:
    assert verbs("vectortiers") == verbs("ingestpipelines") == {"get", "list", "watch"}


@pytest.mark.parametrize("path", ["components/watched-namespace/role.yaml", "base/leadership.yaml"])
def test_every_rule_says_why_and_none_is_a_wildcard(path: str) -> None:
    lines = (MANIFESTS / path).read_text().splitlines()
    starts = [index for index, line in enumerate(lines) if line.strip().startswith("- apiGroups:")]
    assert starts
    assert [lines[index] for index in starts if not lines[index - 1].strip().startswith("#")] == []
    assert "*" not in "".join(lines)


def test_nothing_is_allowed_cluster_wide() -> None:
    kinds = {document["kind"] for path in all_manifests() for document in yaml.safe_load_all(path.read_text())}
    assert not kinds & {"ClusterRole", "ClusterRoleBinding"}


def test_the_namespace_in_the_arguments_is_the_one_with_the_role() -> None:
    [install] = documents("install/kustomization.yaml")
    [watched] = documents("install/watched/kustomization.yaml")
    assert f"--namespace={watched['namespace']}" in install["patches"][0]["patch"]


def test_deleting_the_manifests_deletes_no_namespace_with_tiers_in_it() -> None:
    namespaces = [
        document["metadata"]["name"]
        for path in all_manifests()
        for document in yaml.safe_load_all(path.read_text())
        if document["kind"] == "Namespace" and "examples" not in path.parts
    ]
    assert namespaces == ["vectortier-system"]


def test_the_operator_runs_as_restricted_and_as_the_user_of_its_image() -> None:
    [namespace] = documents("base/namespace.yaml")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    pod, container = operator()
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == OPERATOR_USER
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert f"USER {OPERATOR_USER}:{OPERATOR_USER}" in (ROOT / "Dockerfile").read_text()


def test_services_and_probes_lead_to_ports_that_the_operator_has() -> None:
    _, container = operator()
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for service in documents("base/services.yaml"):
        [port] = service["spec"]["ports"]
        assert ports[port["targetPort"]] == port["port"]
    probes = [container[f"{kind}Probe"]["httpGet"]["port"] for kind in ("startup", "liveness", "readiness")]
    assert set(probes) <= set(ports)
    [policy] = documents("base/network-policy.yaml")
    open_ports = {port["port"] for rule in policy["spec"]["ingress"] for port in rule["ports"]}
    assert open_ports == {ports["xds"], ports["metrics"]}


def test_the_small_programs_come_from_the_operators_own_image_and_version() -> None:
    _, container = operator()
    environment = {variable["name"]: variable.get("value") for variable in container["env"]}
    assert environment["VECTORTIER_OPERATOR_IMAGE"] == container["image"] == f"vectortier/operator:{VERSION}"
    [install] = documents("install/kustomization.yaml")
    assert install["images"] == [{"name": "vectortier/operator", "newTag": VERSION}]


def test_the_image_is_built_from_files_that_the_build_is_given() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {source.split("/")[0] for sources in copied for source in sources.split()} == allowed


@pytest.mark.parametrize("path", sorted((MANIFESTS / "examples").glob("*.yaml")), ids=lambda path: path.name)
def test_examples_are_valid(path: Path) -> None:
    tiers = [document for document in yaml.safe_load_all(path.read_text()) if document["kind"] == "VectorTier"]
    assert tiers
    for example in tiers:
        VectorTierSpec.model_validate(example["spec"])
