"""A replica that does not lead does nothing, and does not lose sight of anything."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from vectortier.reconcile import reconcile


def test_a_tier_is_looked_at_again_by_whoever_does_not_lead_at_the_moment() -> None:
    ports = cast(Any, SimpleNamespace(leading=lambda: False, resync_seconds=15.0))
    told: list[object] = []
    assert asyncio.run(reconcile("search", "tickets", ports, asyncio.Event(), told.append)) == 15.0
    assert told == []
