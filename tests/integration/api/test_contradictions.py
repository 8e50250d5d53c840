"""Specs that contradict themselves, as somebody would write them: one file each in contradictions/.

`change` is a merge patch over the smallest valid object (after `before`, where something must have been there already),
`refused` is what the refusal must contain: the field, its value and what would be right.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.api.server import ApiServer
from tests.unit.api.paths import merged
from tests.unit.api.specimens import SMALL_PIPELINE, SMALL_TIER

FOLDER = Path(__file__).parent / "contradictions"
CONTRADICTIONS: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))
}
# Some contradict only what was there before; and nobody can rename what runs.
WHEN_CREATED = [name for name, content in CONTRADICTIONS.items() if "before" not in content]
WHEN_CHANGED = [name for name, content in CONTRADICTIONS.items() if "metadata" not in content["change"]]
SMALL = {"VectorTier": SMALL_TIER, "IngestPipeline": SMALL_PIPELINE}


@pytest.fixture
def contradiction(request: pytest.FixtureRequest) -> dict[str, Any]:
    return CONTRADICTIONS[request.param]


@pytest.fixture
def running(server: ApiServer, contradiction: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What was there before, as the API server stored it."""
    before = merged(SMALL[contradiction["kind"]], contradiction.get("before", {}))
    yield server.create(before)
    server.delete(before)


def assert_refused(contradiction: dict[str, Any], message: str | None) -> None:
    assert message is not None, "accepted"
    assert [part for part in contradiction["refused"] if part not in message] == [], message


@pytest.mark.parametrize("contradiction", WHEN_CREATED, indirect=True)
def test_refused_when_created(server: ApiServer, contradiction: dict[str, Any]) -> None:
    broken = merged(SMALL[contradiction["kind"]], contradiction["change"])

    assert_refused(contradiction, server.try_create(broken))


@pytest.mark.parametrize("contradiction", WHEN_CHANGED, indirect=True)
def test_refused_when_changed_and_the_running_object_untouched(
    server: ApiServer, contradiction: dict[str, Any], running: dict[str, Any]
) -> None:
    before = merged(SMALL[contradiction["kind"]], contradiction.get("before", {}))

    assert_refused(contradiction, server.replace(merged(before, contradiction["change"])))
    assert server.get(running)["metadata"]["resourceVersion"] == running["metadata"]["resourceVersion"]
