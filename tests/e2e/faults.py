"""What goes wrong on a real node: a network that is cut, a process that is killed, an operator that dies."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.cluster import Cluster
from tests.cluster.builds.debian import find_packages
from tests.cluster.progress import Progress
from tests.cluster.run import run
from tests.installation import OPERATOR_NAMESPACE
from tests.objects import list_objects, wait_for

_OPERATOR = "app.kubernetes.io/name=vectortier"


@contextmanager
def cut_off(cluster: Cluster, pod: Mapping[str, Any], least_seconds: float) -> Iterator[None]:
    """Drop every packet of a Weaviate pod while the block runs, and for at least so long.

    Weaviate goes on greeting a member that it lost for half a minute; a shorter cut can heal by itself.
    """
    began = time.monotonic()
    _drop(cluster, pod, "--insert")
    try:
        yield
        time.sleep(max(0.0, began + least_seconds - time.monotonic()))
    finally:
        _drop(cluster, pod, "--delete")


def _drop(cluster: Cluster, pod: Mapping[str, Any], change: str) -> None:
    packages = find_packages(Progress())
    inside = ["nsenter", "--target", str(weaviate_process(pod)), "--net", "--", cluster.run_dir / "sbin" / "iptables"]
    for chain, interface in (("INPUT", "--in-interface"), ("OUTPUT", "--out-interface")):
        rule = [chain, "!", interface, "lo", "--jump", "DROP"]
        run([*inside, "--wait", change, *rule], timeout=15, environment=packages.environment)


def weaviate_process(pod: Mapping[str, Any]) -> int:
    """The id of the pod's Weaviate on this machine."""
    found = find_process(pod, "weaviate")
    assert found is not None, f"no Weaviate of the pod {pod['metadata']['name']} runs on this machine"
    return found


def operator_process(cluster: Cluster) -> int | None:
    """The id of the operator on this machine; None while there is none."""
    pods = list_objects(cluster.kubectl, "pod", OPERATOR_NAMESPACE, _OPERATOR)
    return next((found for pod in pods if (found := find_process(pod, "vectortier")) is not None), None)


def find_process(pod: Mapping[str, Any], program: str) -> int | None:
    """The id on this machine of a program of the pod: the one in a control group that carries the pod's uid. None: it
    does not run."""
    uid = pod["metadata"]["uid"]
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            if (folder / "comm").read_text().strip() == program and uid in (folder / "cgroup").read_text():
                return int(folder.name)
        except OSError:
            continue  # it has ended meanwhile
    return None


def kill_pod(cluster: Cluster, namespace: str, name: str) -> None:
    """The pod's processes end at once, without a chance to tidy up."""
    cluster.kubectl("-n", namespace, "delete", "pod", name, "--grace-period=0", "--force", "--wait=false")


def kill_operator(cluster: Cluster) -> None:
    """The operator's processes end at once; its Deployment starts another."""
    words = ("delete", "pod", "-l", _OPERATOR, "--grace-period=0", "--force", "--wait=false")
    cluster.kubectl("-n", OPERATOR_NAMESPACE, *words)


def scale_prometheus(cluster: Cluster, replicas: int) -> None:
    """Take Prometheus away (0) or bring it back (1); returns when that is so."""
    cluster.kubectl("-n", "monitoring", "scale", "deployment/prometheus", f"--replicas={replicas}")
    condition = "jsonpath={.status.readyReplicas}=1" if replicas else "delete"
    what = "deployment/prometheus" if replicas else "pod"
    selector = [] if replicas else ["-l", "app.kubernetes.io/name=prometheus"]
    cluster.kubectl("-n", "monitoring", "wait", what, *selector, f"--for={condition}", "--timeout=60s", timeout=70)


def await_looks(count: Callable[[], float], more: int, timeout: float = 120.0) -> None:
    """Wait until the operator has looked at a tier so many more times; a counter that restarts at 0 counts as well."""
    before, seen = count(), 0.0

    def enough() -> bool | None:
        nonlocal before, seen
        now = count()
        seen += now - before if now >= before else now
        before = now
        return True if seen >= more else None

    wait_for(f"{more} more looks of the operator", enough, timeout)
