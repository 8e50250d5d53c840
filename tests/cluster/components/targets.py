"""Tells Prometheus what to scrape: the pods of tiers and of the operator.

Debian builds Prometheus without the discovery of Kubernetes, so this stands in for it, by HTTP service discovery:
each request is answered from one fresh list of pods. Started as a component of the node:
`python -m tests.cluster.components.targets KUBECONFIG ADDRESS PORT`.
"""

from __future__ import annotations

import base64
import json
import ssl
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

TIER_LABEL = "vectortier.dev/tier"
OPERATOR_NAMESPACE = "vectortier-system"
PORT = 9099
_PATHS = {"metrics": "/metrics", "stats": "/stats/prometheus"}
_SECONDS = 3.0

Group = dict[str, Any]


def target_groups(pods: list[dict[str, Any]]) -> list[Group]:
    """The targets among these pods, in Prometheus' format: one for each port called `metrics` or `stats`.

    A pod without an address, or one that has ended, has nothing to scrape.
    """
    groups = []
    for pod in pods:
        address = pod.get("status", {}).get("podIP")
        if address and pod["status"].get("phase") == "Running":
            groups += [_group(pod, address, port) for port in _ports(pod)]
    return groups


def _ports(pod: dict[str, Any]) -> list[dict[str, Any]]:
    containers = pod["spec"]["containers"]
    return [port for container in containers for port in container.get("ports", []) if port.get("name") in _PATHS]


def _group(pod: dict[str, Any], address: str, port: dict[str, Any]) -> Group:
    metadata = pod["metadata"]
    labels = {
        "namespace": metadata["namespace"],
        "pod": metadata["name"],
        "__metrics_path__": _PATHS[port["name"]],
    }
    known = metadata.get("labels", {})
    optional = {"tier": known.get(TIER_LABEL), "component": known.get("app.kubernetes.io/component")}
    labels |= {name: value for name, value in optional.items() if value}
    return {"targets": [f"{address}:{port['containerPort']}"], "labels": labels}


class Api:
    """The little of the Kubernetes API that this needs."""

    def __init__(self, kubeconfig: Path) -> None:
        config = json.loads(kubeconfig.read_text())
        cluster = config["clusters"][0]["cluster"]
        self._server = cluster["server"]
        self._token = config["users"][0]["user"]["token"]
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self._context = ssl.create_default_context(cadata=authority)

    def pods(self, path: str) -> list[dict[str, Any]]:
        request = urllib.request.Request(f"{self._server}{path}", headers={"Authorization": f"Bearer {self._token}"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=_SECONDS, context=self._context) as answer:  # noqa: S310
            found: list[dict[str, Any]] = json.load(answer)["items"]
            return found


_LISTS = {
    "/tiers": f"/api/v1/pods?labelSelector={TIER_LABEL}",
    "/operator": f"/api/v1/namespaces/{OPERATOR_NAMESPACE}/pods",
}


def handler_for(api: Api) -> type[BaseHTTPRequestHandler]:
    """A request handler bound to one API server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path not in _LISTS:
                self._answer(200 if self.path == "/healthz" else 404, b"")
                return
            try:
                groups = target_groups(api.pods(_LISTS[self.path]))
            except (OSError, ValueError) as error:
                # Prometheus keeps the targets that it has when it gets an error.
                self._answer(503, str(error).encode())
                return
            self._answer(200, json.dumps(groups).encode())

        def _answer(self, code: int, body: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing about requests that come every few seconds."""

    return Handler


def main() -> None:
    kubeconfig, address, port = sys.argv[1:4]
    ThreadingHTTPServer((address, int(port)), handler_for(Api(Path(kubeconfig)))).serve_forever()


if __name__ == "__main__":
    main()
