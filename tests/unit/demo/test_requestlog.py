"""The request log, and the generator's account of itself."""

from __future__ import annotations

import pytest

from tests.demo.lateness import as_sent, lateness
from tests.demo.requestlog import OK, Done, Request, RequestLog, Sent


def test_the_log_keeps_clients_apart() -> None:
    log = RequestLog()
    log.add(0, [Sent(0, 1.0, 0.1)], [])
    log.add(1, [Sent(0, 2.0, 0.2)], [Done(0, 2.5, OK)])
    assert log.since(0.0) == [Request(1.0, 0.1, None, "UNANSWERED"), Request(2.0, 0.2, 2.5, OK)]
    assert log.since(1.5) == [Request(2.0, 0.2, 2.5, OK)]


def test_lateness_is_told_at_its_worst() -> None:
    on_time = [Request(0.0, 0.001, 0.1, OK)] * 98
    found = lateness([*on_time, *[Request(0.0, 0.026, 0.1, OK)] * 2])
    assert found
    assert found.p99_ms == pytest.approx(26)
    assert lateness([]) is None


def test_latency_as_sent_leaves_the_lateness_out() -> None:
    (sent,) = as_sent([Request(due=1.0, late=0.2, finished=1.5, code=OK)])
    assert sent.milliseconds == pytest.approx(300)
