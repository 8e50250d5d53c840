"""pytest fixtures for tests that need a real API server.

A test package's conftest imports what it needs: `from tests.cluster.fixtures import control_plane  # noqa: F401`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.cluster.cluster import Cluster
from tests.cluster.progress import print_plainly


@pytest.fixture(scope="session")
def control_plane() -> Iterator[Cluster]:
    """A control plane of this test run alone, with one make-believe node; gone when the run ends."""
    name = f"t{os.getpid()}"
    try:
        yield Cluster.up(name, "control-plane", print_plainly)
    finally:
        Cluster(name).down()
