"""How Prometheus is asked and what is kept of its answers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.prometheus import FakePrometheus, Gateway
from vectortier.clients.errors import ClientError, Unauthorized, Unavailable
from vectortier.clients.prometheus import Prometheus, PrometheusSettings


@pytest.fixture
def fake() -> Iterator[FakePrometheus]:
    with FakePrometheus() as fake:
        fake.gateways["a"] = Gateway(age_seconds=3.0)
        yield fake


def test_warnings_are_kept(fake: FakePrometheus) -> None:
    fake.warnings = ["remote store is down"]

    answer = Prometheus(PrometheusSettings(url=fake.url)).query("up{}", 1000.0)

    assert answer.warnings == ("remote store is down",)


@pytest.mark.parametrize(("text", "check"), [("NaN", math.isnan), ("+Inf", math.isinf), ("-Inf", math.isinf)])
def test_odd_values_arrive_as_what_they_are(fake: FakePrometheus, text: str, check: object) -> None:
    fake.value = text

    assert callable(check)
    assert check(Prometheus(PrometheusSettings(url=fake.url)).query("up{}", 1000.0).series[0].value)


def test_a_range_has_its_points_in_order_of_time(fake: FakePrometheus) -> None:
    answer = Prometheus(PrometheusSettings(url=fake.url)).query_range("up{}", 100.0, 130.0, 10.0)

    assert [time for time, _ in answer.series[0].points] == [100.0, 110.0, 120.0, 130.0]


def test_headers_and_the_newest_token_are_sent(fake: FakePrometheus, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("first\n")
    settings = PrometheusSettings(url=fake.url, headers={"X-Scope-OrgID": "search"}, bearer_token_file=token)
    prometheus = Prometheus(settings)
    prometheus.query("up{}", 1000.0)
    token.write_text("second\n")

    prometheus.query("up{}", 1000.0)

    assert fake.headers["Authorization"] == "Bearer second"
    assert fake.headers["X-Scope-OrgID"] == "search"


def test_a_token_that_cannot_be_read_is_said_to_be_the_trouble(fake: FakePrometheus, tmp_path: Path) -> None:
    settings = PrometheusSettings(url=fake.url, bearer_token_file=tmp_path / "missing")

    with pytest.raises(Unauthorized, match="missing"):
        Prometheus(settings).query("up{}", 1000.0)


def test_an_error_quotes_prometheus(fake: FakePrometheus) -> None:
    fake.status = 503

    with pytest.raises(Unavailable, match="not now"):
        Prometheus(PrometheusSettings(url=fake.url), attempts=1).query("up{}", 1000.0)


def test_a_ca_file_that_is_not_there_is_an_error_and_no_crash(fake: FakePrometheus, tmp_path: Path) -> None:
    settings = PrometheusSettings(url=fake.url.replace("http:", "https:"), ca_file=tmp_path / "missing.pem")

    with pytest.raises(ClientError):
        Prometheus(settings, attempts=1).query("up{}", 1000.0)
