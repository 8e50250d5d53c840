"""What holds for every child of every tier."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.children.tiers import named, pod_templates, tier
from vectortier.children import names
from vectortier.children.build import build_children, unwanted_children
from vectortier.children.context import TierContext
from vectortier.children.keys import build_keys

# Few, as each builds whole tiers; no deadline, as a busy machine is not a fault.
few = settings(max_examples=25, deadline=None)

LONGEST_NAME = 40  # the schema admits no longer name for a tier

quantities = st.sampled_from(["100m", "1", "2.5", "1Gi", "512Mi"])
amounts = st.fixed_dictionaries({}, optional={"cpu": quantities, "memory": quantities})
resources = st.fixed_dictionaries({}, optional={"requests": amounts, "limits": amounts})
label_values = st.text("abcdefgh", min_size=1, max_size=8)
variables = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["RAFT_JOIN", "DISABLE_TELEMETRY", "QUERY_DEFAULTS_LIMIT", "GOGC"]),
            "value": st.text("abc", max_size=5),
        }
    ),
    max_size=4,
    unique_by=lambda variable: variable["name"],
)
specs = st.fixed_dictionaries(
    {},
    optional={
        "temperature": st.sampled_from(["Hot", "Cold"]),
        "deletionPolicy": st.sampled_from(["Retain", "Delete"]),
        "gateway": st.fixed_dictionaries({}, optional={"replicas": st.integers(1, 10), "resources": resources}),
        "weaviate": st.fixed_dictionaries(
            {},
            optional={
                "raftVoters": st.sampled_from([1, 3]),
                "resources": resources,
                "env": variables,
                "nodeSelector": st.dictionaries(label_values, label_values, max_size=4),
                "keysSecretRef": st.just({"name": "brought"}),
            },
        ),
    },
)
tier_names = st.from_regex(r"\A[a-z]([a-z0-9-]{0,38}[a-z0-9])?\Z", fullmatch=True)
tiers = st.builds(
    tier,
    specs,
    name=tier_names,
    nodes=st.integers(1, 50),
    copies=st.one_of(st.none(), st.integers(0, 50)),
)


def everything(context: TierContext) -> tuple[dict[str, Any], ...]:
    keys = build_keys(context, bytes)
    return build_children(context) + ((keys,) if keys else ())


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{index}]")
    else:
        yield path, value


@few
@given(tiers)
def test_a_child_is_plain_json_without_nulls(context: TierContext) -> None:
    for child in everything(context):
        assert json.loads(json.dumps(child)) == child
        assert [path for path, value in leaves(child) if value is None] == []


@few
@given(tiers)
def test_names_and_labels_fit(context: TierContext) -> None:
    assert len(context.name) <= LONGEST_NAME
    children = everything(context)
    assert max(Counter((child["kind"], child["metadata"]["name"]) for child in children).values()) == 1
    for child in children:
        assert len(child["metadata"]["name"]) <= 63
        assert all(len(value) <= 63 for value in child["metadata"]["labels"].values())
    statefulset = named(children, "StatefulSet", names.weaviate(context.name))
    # Kubernetes appends a hash of ten characters and writes it into a label.
    assert len(statefulset["metadata"]["name"]) <= 63 - len("-0123456789")


@few
@given(tiers)
def test_the_user_and_other_tools_see_whose_a_child_is(context: TierContext) -> None:
    for child in build_children(context):
        labels = child["metadata"]["labels"]
        assert labels["vectortier.dev/tier"] == labels["app.kubernetes.io/instance"] == context.name
        assert labels["app.kubernetes.io/part-of"] == labels["app.kubernetes.io/managed-by"] == "vectortier"
        assert child["metadata"]["namespace"] == context.namespace
        [owner] = child["metadata"]["ownerReferences"]
        assert (owner["uid"], owner["controller"], owner["blockOwnerDeletion"]) == (context.uid, True, False)


@few
@given(tiers)
def test_a_workload_selects_its_own_pods_by_what_never_changes(context: TierContext) -> None:
    for child in build_children(context):
        if "template" in child.get("spec", {}):
            selector = child["spec"]["selector"]["matchLabels"]
            component = child["metadata"]["labels"]["app.kubernetes.io/component"]
            assert selector == {"vectortier.dev/tier": context.name, "app.kubernetes.io/component": component}
            assert selector.items() <= child["spec"]["template"]["metadata"]["labels"].items()


@few
@given(tiers)
def test_a_service_leads_to_one_kind_of_pod_and_to_ports_that_it_has(context: TierContext) -> None:
    children = build_children(context)
    for service in (child for child in children if child["kind"] == "Service"):
        wanted = service["spec"]["selector"].items()
        [template] = [pod for pod in pod_templates(children) if wanted <= pod["metadata"]["labels"].items()]
        pod = template["spec"]
        containers = pod["containers"] + pod["initContainers"]
        ports = {port["name"] for container in containers for port in container.get("ports", [])}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports


@few
@given(tiers)
def test_pods_are_admitted_under_pod_security_restricted(context: TierContext) -> None:
    for template in pod_templates(build_children(context)):
        pod = template["spec"]
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not any(pod.get(field) for field in ("hostNetwork", "hostPID", "hostIPC"))
        assert all({"emptyDir", "configMap"} & volume.keys() for volume in pod["volumes"])
        for container in pod["containers"] + pod.get("initContainers", []):
            security = container["securityContext"]
            assert security["allowPrivilegeEscalation"] is False
            assert security["capabilities"] == {"drop": ["ALL"]}
            assert security["readOnlyRootFilesystem"] is True


@few
@given(tiers)
def test_a_variable_is_set_once(context: TierContext) -> None:
    for template in pod_templates(build_children(context)):
        for container in template["spec"]["containers"]:
            counted = Counter(variable["name"] for variable in container.get("env", []))
            assert [name for name, count in counted.items() if count > 1] == []


@few
@given(specs, st.randoms(use_true_random=False))
def test_the_order_in_which_a_user_writes_fields_changes_nothing(spec: dict[str, Any], random: Any) -> None:
    def shuffled(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key]) for key in keys}

    assert json.dumps(build_children(tier(shuffled(spec)))) == json.dumps(build_children(tier(spec)))


@few
@given(tiers)
def test_a_pod_template_does_not_depend_on_the_state_of_the_tier(context: TierContext) -> None:
    """Otherwise scaling, or a collection that appears, would restart pods."""
    grown = TierContext(
        namespace=context.namespace,
        name=context.name,
        uid=context.uid,
        spec=context.spec,
        nodes=context.nodes + 1,
        copies=(context.copies or 0) + 1,
        operator=context.operator,
        volume_size="64Ti",
        keep_volumes=True,
    )
    assert pod_templates(build_children(grown)) == pod_templates(build_children(context))


@pytest.mark.parametrize(("replicas", "unwanted"), [(1, ["tickets-gateway"]), (2, [])])
def test_a_child_is_either_built_or_unwanted(replicas: int, unwanted: list[str]) -> None:
    context = tier({"gateway": {"replicas": replicas}})
    built = [child["metadata"]["name"] for child in build_children(context) if child["kind"] == "PodDisruptionBudget"]
    assert [child["metadata"]["name"] for child in unwanted_children(context)] == unwanted
    assert sorted(built + unwanted) == ["tickets-gateway", "tickets-weaviate"]
