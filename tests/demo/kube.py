"""What the demo reads from Kubernetes while the load runs: cheap requests over one connection, each with a deadline."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import urllib3
from kubernetes import client, config

READ_SECONDS = 5.0
NAMESPACE = "demo"
TIER = "demo"
_RETRIES_QUERY = f'sum(envoy_cluster_upstream_rq_retry{{namespace="{NAMESPACE}",tier="{TIER}"}})'
_PROMETHEUS = "/api/v1/namespaces/monitoring/services/prometheus:9090/proxy/api/v1/query"
_ERRORS = (client.ApiException, urllib3.exceptions.HTTPError, OSError)


class Kube:
    """Reads of one cluster. None is "could not be read", never an empty answer."""

    def __init__(self, kubeconfig: Path) -> None:
        self._api = config.new_client_from_config(str(kubeconfig))  # type: ignore[no-untyped-call]
        self._api.configuration.retries = False

    def tier(self) -> Mapping[str, Any] | None:
        """The VectorTier object."""
        try:
            found = client.CustomObjectsApi(self._api).get_namespaced_custom_object(
                "vectortier.dev", "v1alpha1", NAMESPACE, "vectortiers", TIER, _request_timeout=READ_SECONDS
            )
        except _ERRORS:
            return None
        return cast(Mapping[str, Any], found)

    def gateway_retries(self) -> float | None:
        """How many requests the gateways have sent again since they started, as Prometheus last saw it."""
        try:
            answer = self._api.call_api(
                _PROMETHEUS,
                "GET",
                query_params=[("query", _RETRIES_QUERY)],
                response_type="object",
                auth_settings=["BearerToken"],
                _return_http_data_only=True,
                _request_timeout=READ_SECONDS,
            )
            (series,) = answer["data"]["result"]
            return float(series["value"][1])
        except (*_ERRORS, KeyError, TypeError, ValueError):
            return None
