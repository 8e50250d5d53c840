"""Why pods are not ready, in words: what the API says of each, and the last lines of its log."""

from __future__ import annotations

import json
from typing import Any

from tests.cluster.errors import ClusterError
from tests.cluster.kubectl import Kubectl
from tests.cluster.run import last_lines


def unready_pods(kubectl: Kubectl, namespace: str) -> str:
    """One paragraph for each pod of the namespace that is not ready; empty if all are."""
    try:
        pods = json.loads(kubectl("get", "pods", f"--namespace={namespace}", "--output=json"))["items"]
    except (ClusterError, ValueError) as error:
        return f"The API server does not say why: {error}"
    return "\n".join(_describe(kubectl, pod) for pod in pods if not _is_ready(pod))


def _is_ready(pod: dict[str, Any]) -> bool:
    conditions = pod.get("status", {}).get("conditions", [])
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def _describe(kubectl: Kubectl, pod: dict[str, Any]) -> str:
    name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
    reasons = [reason for container in pod["status"].get("containerStatuses", []) for reason in _reasons(container)]
    unmet = [condition.get("message", "") for condition in pod["status"].get("conditions", [])]
    why = "; ".join(dict.fromkeys(text for text in (*reasons, *unmet) if text)) or "no reason given"
    try:
        log = last_lines(kubectl("logs", name, f"--namespace={namespace}", "--tail=8", "--all-containers"))
    except ClusterError:
        log = ""
    return f"Pod {name} is not ready: {why}.\n{log}".rstrip()


def _reasons(container: dict[str, Any]) -> list[str]:
    waiting = container.get("state", {}).get("waiting", {})
    return [f"{container['name']}: {waiting.get('reason', '')} {waiting.get('message', '')}".strip()] if waiting else []
