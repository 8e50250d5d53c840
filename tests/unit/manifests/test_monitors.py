"""What Prometheus is told to scrape: each pod once, with the labels that the operator's queries ask for."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import yamlfiles
from tests.unit.children.tiers import tier
from vectortier.api.scaling import BurnWindows
from vectortier.children import names
from vectortier.children.build import build_children
from vectortier.children.metadata import TIER_LABEL
from vectortier.decide.facts.windows import STALE_SECONDS
from vectortier.gateway.measuring import STATS_PAGES

ROOT = Path(__file__).parents[3]
COMPONENT = ROOT / "manifests" / "components" / "monitors"
OPERATOR_NAMESPACE = yamlfiles.load((ROOT / "manifests/base/kustomization.yaml").read_text())["namespace"]

Labels = dict[str, str]


@dataclass(frozen=True)
class Scrape:
    """One job of Prometheus, however it was written down."""

    rules: list[dict[str, Any]]
    seconds: int
    path: str = "/metrics"
    honor_labels: bool = False
    port: str | None = None
    """A PodMonitor's rules imply more: the port of this name, and labels of the pod."""
    pod_labels: tuple[tuple[str, str], ...] = ()
    namespace: str | None = None

    def targets(self, pod: dict[str, Any], sidecars: bool) -> list[Labels]:
        """The labels of the targets that this pod becomes, as they are before Prometheus drops the hidden ones."""
        return [found for labels in _discovered(pod, sidecars) if (found := self._target(labels, pod)) is not None]

    def _target(self, discovered: Labels, pod: dict[str, Any]) -> Labels | None:
        labels = {**discovered, "__metrics_path__": self.path}
        if self.namespace not in (None, pod["metadata"]["namespace"]):
            return None
        if self.port is not None:
            if discovered["__meta_kubernetes_pod_container_port_name"] != self.port:
                return None
            if not set(self.pod_labels) <= set(pod["metadata"]["labels"].items()):
                return None
            for name, source in (("namespace", "namespace"), ("pod", "pod_name"), ("container", "pod_container_name")):
                labels[name] = discovered[f"__meta_kubernetes_{source}"]
        return _relabelled(labels, self.rules)


def _discovered(pod: dict[str, Any], sidecars: bool) -> list[Labels]:
    """What the discovery of pods knows: one target for each port. Older versions do not look into sidecars."""
    metadata, spec = pod["metadata"], pod["spec"]
    containers = [*spec["containers"], *(spec.get("initContainers", []) if sidecars else [])]
    of_pod = {f"__meta_kubernetes_pod_label_{_plain(name)}": value for name, value in metadata["labels"].items()}
    of_pod |= {
        "__meta_kubernetes_namespace": metadata["namespace"],
        "__meta_kubernetes_pod_name": metadata["name"],
        "__meta_kubernetes_pod_phase": pod["status"]["phase"],
    }
    return [
        {
            **of_pod,
            "__address__": f"10.0.0.1:{port['containerPort']}",
            "__meta_kubernetes_pod_container_name": container["name"],
            "__meta_kubernetes_pod_container_port_name": port["name"],
        }
        for container in containers
        for port in container.get("ports", [])
    ]


def _relabelled(labels: Labels, rules: list[dict[str, Any]]) -> Labels | None:
    for rule in rules:
        joined = ";".join(labels.get(name, "") for name in rule.get("source_labels", []))
        match = re.fullmatch(rule.get("regex", "(.*)"), joined)
        if rule.get("action", "replace") == "keep":
            if match is None:
                return None
        elif match is not None:
            labels = {**labels, rule["target_label"]: rule.get("replacement", joined)}
    return labels


def _plain(name: str) -> str:
    return re.sub("[^a-zA-Z0-9_]", "_", name)


def _seconds(text: str) -> int:
    assert text.endswith("s")
    return int(text.removesuffix("s"))


def monitors() -> list[dict[str, Any]]:
    kustomization = yamlfiles.load((COMPONENT / "kustomization.yaml").read_text())
    return [yamlfiles.load((COMPONENT / name).read_text()) for name in kustomization["resources"]]


def pod_monitors() -> list[Scrape]:
    """The jobs that the Prometheus Operator makes of the component."""
    snake = {"sourceLabels": "source_labels", "targetLabel": "target_label"}
    scrapes = []
    for monitor in monitors():
        spec = monitor["spec"]
        [endpoint] = spec["podMetricsEndpoints"]
        everywhere = spec.get("namespaceSelector", {}).get("any", False)
        scrapes.append(
            Scrape(
                rules=[{snake.get(k, k): v for k, v in rule.items()} for rule in endpoint.get("relabelings", [])],
                seconds=_seconds(endpoint["interval"]),
                path=endpoint["path"],
                honor_labels=endpoint.get("honorLabels", False),
                port=endpoint["port"],
                pod_labels=tuple(spec["selector"]["matchLabels"].items()),
                namespace=None if everywhere else monitor["metadata"]["namespace"],
            )
        )
    return scrapes


def plain_prometheus() -> list[Scrape]:
    """The jobs of the configuration in the quick start."""
    page = (ROOT / "docs" / "quick-start.md").read_text()
    [block] = [block for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "scrape_configs" in block]
    scrapes = []
    for job in yamlfiles.load(block)["scrape_configs"]:
        [discovery] = job["kubernetes_sd_configs"]
        [namespace] = discovery.get("namespaces", {}).get("names", [None])
        scrapes.append(
            Scrape(
                rules=job["relabel_configs"],
                seconds=_seconds(job["scrape_interval"]),
                honor_labels=job.get("honor_labels", False),
                namespace=namespace,
            )
        )
    return scrapes


def tiers_pod(component: str, phase: str = "Running") -> dict[str, Any]:
    """A pod of the tier 'tickets' as its workload makes it."""
    kind = {"gateway": "Deployment", "weaviate": "StatefulSet"}[component]
    [template] = [child["spec"]["template"] for child in build_children(tier()) if child["kind"] == kind]
    metadata = {**template["metadata"], "name": f"tickets-{component}-0", "namespace": "search"}
    return {"metadata": metadata, "spec": template["spec"], "status": {"phase": phase}}


def operators_pod() -> dict[str, Any]:
    template = yamlfiles.load((ROOT / "manifests/base/deployment.yaml").read_text())["spec"]["template"]
    metadata = {**template["metadata"], "name": "vectortier-0", "namespace": OPERATOR_NAMESPACE}
    return {"metadata": metadata, "spec": template["spec"], "status": {"phase": "Running"}}


def targets(scrapes: list[Scrape], pod: dict[str, Any], sidecars: bool = True) -> list[tuple[Scrape, Labels]]:
    return [(scrape, labels) for scrape in scrapes for labels in scrape.targets(pod, sidecars)]


both = pytest.mark.parametrize("scrapes", [pod_monitors, plain_prometheus], ids=lambda scrapes: scrapes.__name__)


@both
@pytest.mark.parametrize("sidecars", [True, False])
@pytest.mark.parametrize(
    ("component", "port", "path"),
    [("gateway", 9902, STATS_PAGES["metrics"]), ("weaviate", names.METRICS_PORT, "/metrics")],
)
def test_a_pod_of_a_tier_is_scraped_once_with_the_labels_that_are_asked_for(
    scrapes: Callable[[], list[Scrape]], sidecars: bool, component: str, port: int, path: str
) -> None:
    pod = tiers_pod(component)
    [(scrape, labels)] = targets(scrapes(), pod, sidecars)
    assert (labels["__address__"], labels["__metrics_path__"]) == (f"10.0.0.1:{port}", path)
    asked = {"namespace": "search", "tier": pod["metadata"]["labels"][TIER_LABEL], "pod": pod["metadata"]["name"]}
    assert asked["tier"] == "tickets"
    assert {name: labels.get(name) for name in asked} == asked
    # Labels of the series themselves must not stand in for those of the target.
    assert not scrape.honor_labels


@both
def test_the_operator_is_scraped_once_and_its_series_keep_the_tier_that_they_are_about(
    scrapes: Callable[[], list[Scrape]],
) -> None:
    [(scrape, labels)] = targets(scrapes(), operators_pod())
    assert (labels["__address__"], labels["__metrics_path__"]) == ("10.0.0.1:8000", "/metrics")
    assert scrape.honor_labels
    assert labels["pod"] == "vectortier-0"


@both
@pytest.mark.parametrize("component", ["gateway", "weaviate"])
def test_a_pod_that_has_yet_to_start_is_not_scraped(scrapes: Callable[[], list[Scrape]], component: str) -> None:
    assert targets(scrapes(), tiers_pod(component, phase="Pending")) == []


@both
def test_gateways_are_scraped_often_enough_for_the_shortest_default_window(
    scrapes: Callable[[], list[Scrape]],
) -> None:
    [(scrape, _)] = targets(scrapes(), tiers_pod("gateway"))
    assert scrape.seconds * 4 <= BurnWindows().short_seconds
    assert scrape.seconds * 2 <= STALE_SECONDS


def test_the_component_is_all_of_its_folder_and_lives_beside_the_operator() -> None:
    kustomization = yamlfiles.load((COMPONENT / "kustomization.yaml").read_text())
    assert kustomization["kind"] == "Component"
    files = {path.name for path in COMPONENT.glob("*.yaml")} - {"kustomization.yaml"}
    assert sorted(kustomization["resources"]) == sorted(files)
    assert {monitor["metadata"]["namespace"] for monitor in monitors()} == {OPERATOR_NAMESPACE}
    assert {(monitor["apiVersion"], monitor["kind"]) for monitor in monitors()} == {
        ("monitoring.coreos.com/v1", "PodMonitor")
    }
