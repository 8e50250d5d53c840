"""The manifests: they install what the code expects, and allow what it does and nothing else."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests import yamlfiles
from tests.unit.children.tiers import tier
from vectortier.api.vectortier import VectorTierSpec
from vectortier.children.build import build_children, unwanted_children
from vectortier.children.pods import OPERATOR_USER
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes_kinds import WATCHED_CHILDREN, Kind, kind_of
from vectortier.observe.tier import LISTED

ROOT = Path(__file__).parents[3]
MANIFESTS = ROOT / "manifests"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

SOURCE = ROOT / "operator" / "vectortier"

CHILDREN = {kind_of(child) for child in build_children(tier())}
OWN = {kinds.VECTOR_TIER, kinds.INGEST_PIPELINE}

# Every place that asks something of the Kubernetes API, and of which kinds.
CALLS: dict[tuple[str, str], set[Kind]] = {
    ("act/apply.py", "find"): CHILDREN,
    ("act/apply.py", "apply"): CHILDREN,
    ("act/apply.py", "create"): {kinds.SECRET},
    ("act/apply.py", "delete"): {kind_of(child) for child in unwanted_children(tier({"gateway": {"replicas": 1}}))},
    ("act/epoch.py", "patch"): {
        *(kinds.CONFIG_MAP, kinds.LEASE, kinds.STATEFUL_SET),
        *(kinds.POD, kinds.VOLUME_CLAIM, kinds.DISRUPTION_BUDGET),
    },
    ("act/events.py", "create"): {kinds.EVENT},
    ("act/nodes.py", "patch"): {kinds.STATEFUL_SET},
    ("act/nodes.py", "delete"): {kinds.POD},
    ("act/replace.py", "create"): {kinds.CONFIG_MAP, kinds.LEASE},
    ("act/replace.py", "replace"): {kinds.CONFIG_MAP, kinds.LEASE},
    ("act/status.py", "apply"): OWN,
    ("act/volumes.py", "delete"): {kinds.VOLUME_CLAIM},
    ("act/volumes.py", "delete_alone"): {kinds.STATEFUL_SET},
    ("act/volumes.py", "patch"): {kinds.VOLUME_CLAIM},
    ("observe/decisions.py", "find"): {kinds.CONFIG_MAP},
    ("observe/tier.py", "find"): {kinds.VECTOR_TIER, kinds.SECRET},
    ("observe/tier.py", "list"): set(LISTED),
    ("pipelines.py", "find"): {kinds.INGEST_PIPELINE},
    ("reconcile.py", "find"): {kinds.VECTOR_TIER},
    ("runtime/leader.py", "find"): {kinds.LEASE},
    ("runtime/leader.py", "create"): {kinds.LEASE},
    ("runtime/leader.py", "replace"): {kinds.LEASE},
    ("runtime/resync.py", "list"): OWN,
}
_CALL = re.compile(r"\bkubernetes\.(get|find|list|apply|create|replace|patch|delete|delete_alone)\b[(,]")
VERBS = {
    "get": {"get"},
    "find": {"get"},
    "list": {"list"},
    "apply": {"create", "patch"},
    "create": {"create"},
    "replace": {"update"},
    "patch": {"patch"},
    "delete": {"delete"},
    "delete_alone": {"delete"},
}

Rights = dict[tuple[str, str], set[str]]
"""Verbs by API group and resource."""


def documents(path: str) -> list[dict[str, Any]]:
    return yamlfiles.load_all((MANIFESTS / path).read_text())


def granted(path: str) -> Rights:
    rights: Rights = {}
    role = next(document for document in documents(path) if document["kind"] == "Role")
    for rule in role["rules"]:
        for group in rule["apiGroups"]:
            for resource in rule["resources"]:
                rights.setdefault((group, resource), set()).update(rule["verbs"])
    return rights


def used(*modules: str) -> Rights:
    """What the calls in these modules need; in all, with the watches, when none is named."""
    rights: Rights = {}
    for (module, call), called in CALLS.items():
        for kind in called if not modules or module in modules else ():
            status = module == "act/status.py"
            where = (kind.group, f"{kind.plural}/status" if status else kind.plural)
            # What has a status exists: applying to it never creates it.
            rights.setdefault(where, set()).update({"patch"} if status else VERBS[call])
    for kind in () if modules else (*OWN, *WATCHED_CHILDREN):
        rights.setdefault((kind.group, kind.plural), set()).update({"list", "watch"})
    return rights


def operator() -> tuple[dict[str, Any], dict[str, Any]]:
    [deployment] = documents("base/deployment.yaml")
    pod = deployment["spec"]["template"]["spec"]
    return pod, pod["containers"][0]


def all_manifests() -> list[Path]:
    return sorted(MANIFESTS.rglob("*.yaml"))


def test_every_call_of_the_kubernetes_api_is_known_here() -> None:
    found = {
        (str(path.relative_to(SOURCE)), call)
        for path in sorted(SOURCE.rglob("*.py"))
        if "clients" not in path.parts
        for call in _CALL.findall(path.read_text())
    }
    assert found == set(CALLS)


def test_the_operator_may_do_in_a_watched_namespace_what_it_does_there_and_nothing_else() -> None:
    assert granted("components/watched-namespace/role.yaml") == used()


def test_the_operator_may_do_with_the_leaders_lease_what_it_does_and_nothing_else() -> None:
    assert granted("base/leadership.yaml") == used("runtime/leader.py")
    [role, _] = documents("base/leadership.yaml")
    named = [rule["verbs"] for rule in role["rules"] if rule.get("resourceNames") == ["vectortier-operator"]]
    # Creating cannot be limited to a name.
    assert named == [["get", "update"]]


def test_secrets_are_read_and_created_one_by_one() -> None:
    assert granted("components/watched-namespace/role.yaml")["", "secrets"] == {"get", "create"}


def test_the_users_resources_are_never_written() -> None:
    rights = granted("components/watched-namespace/role.yaml")
    assert all(rights[kind.group, kind.plural] == {"get", "list", "watch"} for kind in OWN)


@pytest.mark.parametrize("path", ["components/watched-namespace/role.yaml", "base/leadership.yaml"])
def test_every_rule_says_why_and_none_is_a_wildcard(path: str) -> None:
    lines = (MANIFESTS / path).read_text().splitlines()
    starts = [index for index, line in enumerate(lines) if line.strip().startswith("- apiGroups:")]
    assert starts
    assert [lines[index] for index in starts if not lines[index - 1].strip().startswith("#")] == []
    assert "*" not in "".join(lines)


def test_nothing_is_allowed_cluster_wide() -> None:
    kinds = {document["kind"] for path in all_manifests() for document in yamlfiles.load_all(path.read_text())}
    assert not kinds & {"ClusterRole", "ClusterRoleBinding"}


def test_the_arguments_of_the_installation_replace_the_address_of_prometheus_and_name_the_namespace_with_the_role() -> (
    None
):
    [install] = documents("install/kustomization.yaml")
    [watched] = documents("install/watched/kustomization.yaml")
    address, namespace = yamlfiles.load(install["patches"][0]["patch"])
    _, container = operator()
    index = next(i for i, argument in enumerate(container["args"]) if argument.startswith("--prometheus-url="))
    assert address["path"] == f"/spec/template/spec/containers/0/args/{index}"
    assert (address["op"], address["value"].split("=")[0]) == ("replace", "--prometheus-url")
    assert (namespace["op"], namespace["value"]) == ("add", f"--namespace={watched['namespace']}")


def test_deleting_the_manifests_deletes_no_namespace_with_tiers_in_it() -> None:
    namespaces = [
        document["metadata"]["name"]
        for path in all_manifests()
        for document in yamlfiles.load_all(path.read_text())
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
    assert install["images"] == [
        {"name": "vectortier/operator", "newName": "vectortier/operator", "newTag": VERSION},
    ]


def test_the_image_is_built_from_files_that_the_build_is_given() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {source.split("/")[0] for sources in copied for source in sources.split()} == allowed


@pytest.mark.parametrize("path", sorted((MANIFESTS / "examples").glob("*.yaml")), ids=lambda path: path.name)
def test_examples_are_valid(path: Path) -> None:
    tiers = [document for document in yamlfiles.load_all(path.read_text()) if document["kind"] == "VectorTier"]
    assert tiers
    for example in tiers:
        VectorTierSpec.model_validate(example["spec"])
