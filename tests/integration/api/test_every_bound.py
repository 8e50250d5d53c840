"""Each bound and each rule of the schemas, broken by an object made from the schema, is refused at admission."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.api.server import ApiServer
from tests.unit.api.breakers import broken_rules
from tests.unit.api.schemas import SCHEMAS
from tests.unit.api.specimens import SPECIMENS
from tests.unit.api.violations import Violation, violations
from vectortier.api.crd import RESOURCES

CASES = [
    case
    for kind, schema in SCHEMAS.items()
    for case in [*violations(kind, schema, SPECIMENS[kind]), *broken_rules(kind, schema, SPECIMENS[kind])]
]
IN_STATUS = [case for case in CASES if case.path[:1] == ("status",)]
TRANSITIONS = [case for case in CASES if case.bound.startswith("transition")]
IN_SPEC = [case for case in CASES if case not in IN_STATUS and case not in TRANSITIONS]


@pytest.fixture(scope="module")
def existing(server: ApiServer) -> Iterator[dict[str, dict[str, Any]]]:
    """One full object of each kind, which the cases that need one try to change."""
    objects = {resource.kind: SPECIMENS[resource.kind][0] for resource in RESOURCES}
    yield {kind: server.create(obj) for kind, obj in objects.items()}
    for obj in objects.values():
        server.delete(obj)


def assert_told(case: Violation, message: str | None) -> None:
    assert message is not None, f"accepted: {case}"
    assert [part for part in case.expected if part not in message] == [], message


@pytest.mark.parametrize("case", IN_SPEC, ids=str)
def test_refused_when_created(server: ApiServer, case: Violation) -> None:
    assert_told(case, server.try_create(case.broken))


@pytest.mark.parametrize("case", TRANSITIONS, ids=str)
def test_refused_when_changed(server: ApiServer, existing: dict[str, dict[str, Any]], case: Violation) -> None:
    assert existing[case.kind]
    assert_told(case, server.try_replace(case.broken))


@pytest.mark.parametrize("case", IN_STATUS, ids=str)
def test_refused_in_the_status(server: ApiServer, existing: dict[str, dict[str, Any]], case: Violation) -> None:
    assert existing[case.kind]
    assert_told(case, server.try_replace_status(case.broken))


@pytest.mark.parametrize("specimen", [obj for objects in SPECIMENS.values() for obj in objects])
def test_specimens_are_accepted(server: ApiServer, specimen: dict[str, Any]) -> None:
    """Otherwise a case could be refused for another reason than its own."""
    assert server.try_create({**specimen, "metadata": {"name": "another"}}) is None
