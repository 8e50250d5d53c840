"""A kube-apiserver that has the two CustomResourceDefinitions."""

from pathlib import Path

import pytest

from tests.cluster.cluster import Cluster
from tests.cluster.fixtures import control_plane  # noqa: F401
from tests.integration.api.server import ApiServer

CRDS = Path(__file__).parents[3] / "crds"


@pytest.fixture(scope="session")
def server(control_plane: Cluster) -> ApiServer:  # noqa: F811
    """The API server, once it serves both kinds."""
    files = [f"--filename={path}" for path in sorted(CRDS.glob("*.vectortier.dev.yaml"))]
    control_plane.kubectl("apply", "--server-side", *files)
    control_plane.kubectl(
        "wait", "--for=condition=Established", "crd/vectortiers.vectortier.dev", "crd/ingestpipelines.vectortier.dev"
    )
    return ApiServer.connect(control_plane.kubeconfig)
