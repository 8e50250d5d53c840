"""Logs are JSON lines that name the tier."""

from __future__ import annotations

import io
import json
import logging

import kopf
import pytest

from vectortier.runtime import logs


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    before = logging.getLogger().handlers[:]
    logs.configure("info")
    yield stream
    logging.getLogger().handlers[:] = before


def test_a_line_has_time_level_message_and_the_tier(lines: io.StringIO) -> None:
    logging.getLogger("vectortier.test").info("went on", extra={"tier": "tickets", "seconds": 3})
    found = json.loads(lines.getvalue())
    assert {key: found[key] for key in ("level", "logger", "message", "tier", "seconds")} == {
        "level": "INFO",
        "logger": "vectortier.test",
        "message": "went on",
        "tier": "tickets",
        "seconds": 3,
    }
    assert found["time"]


def test_what_kopf_says_about_an_object_names_it_too(lines: io.StringIO) -> None:
    about = {"name": "tickets", "namespace": "search", "kind": "VectorTier"}
    settings = kopf.OperatorSettings()
    settings.posting.level = logging.CRITICAL  # or kopf's own handler, where it is loaded, posts it as an Event
    logging.getLogger("kopf.objects").warning("odd", extra={"k8s_ref": about, "settings": settings})
    found = json.loads(lines.getvalue())
    assert (found["tier"], found["namespace"]) == ("tickets", "search")
    assert "k8s_ref" not in found
