"""What the demo reads from Kubernetes while the load runs: cheap requests over one connection, each with a deadline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import urllib3
from kubernetes import client, config

READ_SECONDS = 5.0
NAMESPACE = "demo"
TIER = "demo"
_RETRIES_QUERY = f'sum(envoy_cluster_upstream_rq_retry{{namespace="{NAMESPACE}",tier="{TIER}"}})'
_TIER_PATH = f"/apis/vectortier.dev/v1alpha1/namespaces/{NAMESPACE}/vectortiers/{TIER}"
_PROMETHEUS_PATH = "/api/v1/namespaces/monitoring/services/prometheus:9090/proxy/api/v1/query"


class Kube:
    """Reads of one cluster. None is "could not be read", never an empty answer."""

    def __init__(self, kubeconfig: Path) -> None:
        self._api = config.new_client_from_config(str(kubeconfig))  # type: ignore[no-untyped-call]

    def tier(self) -> Mapping[str, Any] | None:
        """The VectorTier object."""
        return self._get(_TIER_PATH)

    def gateway_retries(self) -> float | None:
        """How many requests the gateways have sent again since they started, as Prometheus last saw it."""
        answer = self._get(_PROMETHEUS_PATH, ("query", _RETRIES_QUERY))
        found = answer["data"]["result"] if answer and answer.get("status") == "success" else []
        return float(found[0]["value"][1]) if found else None

    def _get(self, path: str, *query: tuple[str, str]) -> Mapping[str, Any] | None:
        request = self._api.param_serialize("GET", path, query_params=list(query), auth_settings=["BearerToken"])
        try:
            answer = self._api.call_api(*request, _request_timeout=READ_SECONDS)
            body: object = json.loads(answer.read()) if answer.status == 200 else None
        except (client.ApiException, urllib3.exceptions.HTTPError, OSError, json.JSONDecodeError):
            return None
        return body if isinstance(body, dict) else None
