"""What Prometheus has recorded of a tier: read in parts, tried again a few times, and not known where it is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.prometheus import FakePrometheus, Gateway
from vectortier.clients.errors import Invalid, Unavailable, Unreachable
from vectortier.clients.http import Deadlines
from vectortier.clients.prometheus import Prometheus, PrometheusSettings
from vectortier.observe.history import CHUNK_POINTS, PartialHistoryError, Point, read_history

START = 1_800_000_000.0
STEP = 15


@pytest.fixture
def fake() -> Iterator[FakePrometheus]:
    with FakePrometheus() as fake:
        fake.gateways = {"tickets-gateway-a": Gateway()}
        fake.recorded = lambda t: 100.0 + (t - START) / STEP
        yield fake


def history(fake: FakePrometheus, points: int, deadlines: Deadlines | None = None) -> list[Point | None]:
    settings = PrometheusSettings(url=fake.url, deadlines=deadlines or Deadlines(2.0, 10.0, 10.0))
    prometheus = Prometheus(settings, attempts=3)
    return read_history(prometheus, "search", "tickets", start=START, end=START + STEP * (points - 1), step=STEP)


def test_each_point_has_its_rates(fake: FakePrometheus) -> None:
    assert history(fake, 3) == [(100.0, 10.0), pytest.approx((101.0, 10.1)), pytest.approx((102.0, 10.2))]
    assert {query.split("{")[0] for query in fake.queries if "tickets" in query} == {
        "sum(rate(envoy_vectortier_searches",
        "sum(rate(envoy_cluster_upstream_rq_total",
        "min(up",
    }


def test_what_is_more_than_one_answer_may_hold_is_asked_for_in_parts(fake: FakePrometheus) -> None:
    count = 2 * CHUNK_POINTS + 7
    read = history(fake, count)
    assert len(fake.queries) == 3 * 3
    assert len(read) == count
    searches = [point[0] for point in read if point is not None]
    assert searches == [100.0 + i for i in range(count)], "no point is lost or twice between two parts"


def test_a_point_that_was_not_recorded_is_not_known(fake: FakePrometheus) -> None:
    fake.recorded = lambda t: None if t == START + STEP else 5.0
    assert history(fake, 3) == [(5.0, 0.5), None, (5.0, 0.5)]


def test_a_sum_without_one_of_the_gateways_is_not_known(fake: FakePrometheus) -> None:
    fake.recorded, fake.scraped = lambda _: 5.0, lambda t: t != START
    assert history(fake, 2) == [None, (5.0, 0.5)]


def test_searches_without_writes_are_not_known(fake: FakePrometheus, monkeypatch: pytest.MonkeyPatch) -> None:
    def searches_only(query: str, times: list[float]) -> list[tuple[float, float]]:
        return [] if "envoy_cluster_" in query else [(t, 5.0) for t in times]

    monkeypatch.setattr(fake, "history", searches_only)
    assert history(fake, 1) == [None]


def test_only_a_scrape_that_failed_makes_it_unknown(fake: FakePrometheus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake, "history", lambda query, times: [] if "up{" in query else [(t, 5.0) for t in times])
    assert history(fake, 1) == [(5.0, 5.0)], "without a record of scrapes"


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-1"])
def test_what_is_no_rate_is_not_known(fake: FakePrometheus, value: str) -> None:
    fake.value = value
    assert history(fake, 2) == [None, None]


def test_a_rate_of_zero_is_known(fake: FakePrometheus) -> None:
    fake.recorded = lambda _: 0.0
    assert history(fake, 1) == [(0.0, 0.0)]


def test_nothing_at_all_is_not_known(fake: FakePrometheus) -> None:
    fake.empty = True
    assert history(fake, 2) == [None, None]


def test_a_failure_is_tried_again_twice_and_no_more(fake: FakePrometheus) -> None:
    fake.failures = 2
    assert history(fake, 1) == [(100.0, 10.0)]
    fake.failures = 3
    with pytest.raises(Unavailable, match="503 not now"):
        history(fake, 1)


def test_an_answer_that_may_be_partial_is_refused(fake: FakePrometheus) -> None:
    fake.warnings = ["a store did not answer"]
    with pytest.raises(PartialHistoryError, match="may be partial: a store did not answer"):
        history(fake, 1)


def test_whoever_does_not_answer_in_time_is_not_waited_for(fake: FakePrometheus) -> None:
    fake.delay_seconds = 1.0
    with pytest.raises(Unreachable, match="Read timed out"):
        history(fake, 1, Deadlines(connect=0.2, read=0.2, total=0.2))


def test_a_refusal_is_passed_on(fake: FakePrometheus) -> None:
    fake.status = 400
    with pytest.raises(Invalid, match="400 not now"):
        history(fake, 1)
