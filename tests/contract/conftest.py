"""Two subjects for every case: the fake Weaviate, and real Weaviate processes on the loopback interface."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.builds.binaries import NODE, find_binaries
from tests.cluster.progress import Progress, print_plainly
from tests.contract.loopback import LoopbackCluster
from tests.contract.subject import CLUSTER_CREDENTIALS, FakeSubject, RealSubject, Subject

KEY = "a-key"


@pytest.fixture(scope="session")
def weaviate_binary() -> Path:
    """Weaviate, from VECTORTIER_WEAVIATE_BINARY or the cache; built where neither has it."""
    given = os.environ.get("VECTORTIER_WEAVIATE_BINARY")
    if given:
        return Path(given)
    wanted = tuple(binary for binary in NODE if binary.name == "weaviate")
    return find_binaries(wanted, Progress(print_plainly))["weaviate"]


def _real(binary: Path, directory: Path, size: int, environment: dict[str, str]) -> Iterator[Subject]:
    user, password = CLUSTER_CREDENTIALS
    nodes = {"CLUSTER_BASIC_AUTH_USERNAME": user, "CLUSTER_BASIC_AUTH_PASSWORD": password}
    cluster = LoopbackCluster.create(binary, directory, size, {**nodes, **environment})
    try:
        cluster.start()
        yield RealSubject(cluster, environment.get("AUTHENTICATION_APIKEY_ALLOWED_KEYS"))
    finally:
        cluster.stop()


def _subjects(
    request: pytest.FixtureRequest, factory: pytest.TempPathFactory, fake: FakeSubject, environment: dict[str, str]
) -> Iterator[Subject]:
    if request.param == "fake":
        with fake.fake:
            yield fake
    else:
        binary = request.getfixturevalue("weaviate_binary")
        yield from _real(binary, factory.mktemp("weaviate"), fake.size, environment)


@pytest.fixture(scope="module", params=["fake", "real"])
def subject(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    """Two nodes, of which the first votes."""
    yield from _subjects(request, tmp_path_factory, FakeSubject(2), {})


@pytest.fixture(params=["fake", "real"])
def disposable(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    """Two nodes that a test may kill."""
    yield from _subjects(request, tmp_path_factory, FakeSubject(2), {})


@pytest.fixture(scope="module", params=["fake", "real"])
def locked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    """One node that wants a key and has replica movement switched off."""
    environment = {
        "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED": "false",
        "AUTHENTICATION_APIKEY_ENABLED": "true",
        "AUTHENTICATION_APIKEY_ALLOWED_KEYS": KEY,
        "AUTHENTICATION_APIKEY_USERS": "operator",
        "REPLICA_MOVEMENT_ENABLED": "false",
    }
    fake = FakeSubject(1, api_key=KEY, movement_enabled=False)
    yield from _subjects(request, tmp_path_factory, fake, environment)
