"""Listing everything, also when a part of it may not be read."""

import pytest

from vectortier.clients.kubernetes import Object
from vectortier.clients.kubernetes_errors import ForbiddenError, KubernetesError, UnreachableError
from vectortier.clients.kubernetes_kinds import VECTOR_TIER, Kind
from vectortier.runtime.queue import Key
from vectortier.runtime.resync import list_all


class Cluster:
    """One tier called `t` in each namespace, or an error."""

    def __init__(self, **errors: KubernetesError) -> None:
        self._errors = errors

    def list(self, kind: Kind, namespace: str) -> tuple[Object, ...]:
        if namespace in self._errors:
            raise self._errors[namespace]
        return ({"metadata": {"name": "t", "resourceVersion": "7"}},) if kind is VECTOR_TIER else ()


def test_a_namespace_that_may_not_be_read_hides_nothing_else() -> None:
    found = list_all(Cluster(gone=ForbiddenError("no Role")), ("gone", "there"))  # type: ignore[arg-type]
    assert found.versions == {Key(VECTOR_TIER.name, "there", "t"): "7"}
    assert found.unreadable == {"gone"}


def test_when_nothing_may_be_read_that_is_an_error() -> None:
    """An operator that was installed without any Role must not look as if it had nothing to do."""
    with pytest.raises(ForbiddenError):
        list_all(Cluster(a=ForbiddenError("no Role"), b=ForbiddenError("no Role")), ("a", "b"))  # type: ignore[arg-type]


def test_an_api_server_that_does_not_answer_is_an_error() -> None:
    with pytest.raises(UnreachableError):
        list_all(Cluster(a=UnreachableError("down")), ("a", "b"))  # type: ignore[arg-type]
