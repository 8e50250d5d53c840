"""A control plane with the two CustomResourceDefinitions and the operator's identity, for every integration test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.cluster import Cluster
from tests.cluster.fixtures import control_plane  # noqa: F401
from tests.integration.rig import Rig, install

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def installed(control_plane: Cluster, tmp_path_factory: pytest.TempPathFactory) -> tuple[Cluster, Path]:  # noqa: F811
    """The control plane with the custom resources, and a kubeconfig with just the operator's rights."""
    return control_plane, install(control_plane, ROOT, tmp_path_factory.mktemp("operator"))


@pytest.fixture
def rig(installed: tuple[Cluster, Path], tmp_path: Path) -> Iterator[Rig]:
    """A namespace of its own that an operator may watch, with a fake Weaviate behind its pods and a fake Prometheus."""
    cluster, kubeconfig = installed
    with Rig(cluster, kubeconfig, ROOT, tmp_path) as made:
        yield made
