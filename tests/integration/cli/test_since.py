"""`simulate --since`: the load that a tier really had, and one sentence where it cannot be had."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from tests.fakes.prometheus import FakePrometheus, Gateway
from tests.unit.cli.test_simulate import TIER, assert_refused
from vectortier.cli import main


@pytest.fixture
def fake() -> Iterator[FakePrometheus]:
    with FakePrometheus() as fake:
        fake.gateways = {"tickets-gateway-a": Gateway()}
        fake.recorded = lambda _: 200.0
        yield fake


@pytest.fixture
def tier(tmp_path: Path) -> Path:
    path = tmp_path / "tier.yaml"
    path.write_text(yaml.safe_dump({**TIER, "metadata": {"name": "tickets", "namespace": "search"}}))
    return path


def simulate(tier: Path, url: str, *options: str) -> Result:
    given = ["-f", str(tier), "--policy", "static=1", "--since", "1h", "--prometheus-url", url, *options]
    return CliRunner().invoke(main, ["simulate", *given])


def test_the_load_is_what_was_recorded(fake: FakePrometheus, tier: Path) -> None:
    done = simulate(tier, fake.url, "-o", "json", "--prometheus-header", "X-Scope-OrgID: us:east")
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert figures["intervals"] == figures["history"]["intervals"] == 240
    assert figures["history"]["gaps"] == 0
    assert figures["replica_hours"] == 1.0
    assert done.stderr.startswith("search/tickets: 240 intervals of 15 s were recorded from 20")
    assert 'namespace="search",tier="tickets"' in fake.queries[0]
    assert fake.headers["X-Scope-OrgID"] == "us:east"
    assert figures["history"]["begins_at"][-3:] in {"00Z", "15Z", "30Z", "45Z"}, "the same points whenever it is asked"


def test_a_long_read_tells_how_far_it_is_and_leaves_the_result_alone(fake: FakePrometheus, tier: Path) -> None:
    done = simulate(tier, fake.url, "--since", "2d", "-o", "json")
    assert json.loads(done.stdout)["intervals"] == 2 * 86_400 / 15
    assert done.stderr.splitlines()[:2] == ["read 43% of the history", "read 87% of the history"]


def test_ten_minutes_are_enough(fake: FakePrometheus, tier: Path) -> None:
    assert json.loads(simulate(tier, fake.url, "--since", "10m", "-o", "json").stdout)["intervals"] == 40


def test_a_token_is_sent(fake: FakePrometheus, tier: Path, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret\n")
    simulate(tier, fake.url, "--prometheus-token-file", str(tmp_path / "token"))
    assert fake.headers["Authorization"] == "Bearer secret"


def test_without_a_namespace_it_is_that_of_kubectl(fake: FakePrometheus, tier: Path) -> None:
    tier.write_text(yaml.safe_dump({**TIER, "metadata": {"name": "tickets"}}))
    simulate(tier, fake.url)
    assert 'namespace="default",tier="tickets"' in fake.queries[0]


def test_two_tiers_are_compared_under_the_history_of_the_first(fake: FakePrometheus, tier: Path) -> None:
    other = tier.with_name("other.yaml")
    other.write_text(yaml.safe_dump({**TIER, "metadata": {"name": "archive", "namespace": "search"}}))
    given = ["--compare", str(tier), str(other), "--policy", "static=1", "--since", "1h", "-o", "json"]
    done = CliRunner().invoke(main, ["simulate", *given, "--prometheus-url", fake.url])
    assert json.loads(done.stdout)["history"]["intervals"] == 240
    assert [query for query in fake.queries if 'tier="tickets"' not in query] == []


def test_gaps_are_told_wherever_the_result_is(fake: FakePrometheus, tier: Path) -> None:
    now = time.time() // 15 * 15
    fake.recorded = lambda t: None if now - 1200 < t < now - 1000 else 200.0
    said = "13 of them (5.4%) are not known and bridged by straight lines: gaps: 1, the longest 3:15 min"
    text, page = simulate(tier, fake.url), simulate(tier, fake.url, "-o", "html")
    assert said in text.stderr
    assert said in text.stdout
    assert said in page.stdout
    known = json.loads(simulate(tier, fake.url, "-o", "json").stdout)["history"]
    assert (known["bridged_intervals"], known["gaps"], known["longest_gap_seconds"]) == (13, 1, 195)


def test_too_many_gaps_are_refused(fake: FakePrometheus, tier: Path) -> None:
    now = time.time() // 15 * 15
    fake.recorded = lambda t: None if now - 2000 < t < now - 1000 else 200.0
    assert_refused(simulate(tier, fake.url), "cannot be used: 67 of 240 intervals (28%) have no known rate")


def test_a_tier_that_was_never_recorded_says_what_to_check(fake: FakePrometheus, tier: Path) -> None:
    fake.recorded = lambda _: None
    assert_refused(simulate(tier, fake.url), "has no rate of searches of the tier search/tickets in that time: check")


def test_a_file_without_a_name_cannot_be_looked_up(fake: FakePrometheus, tier: Path) -> None:
    tier.write_text(yaml.safe_dump(TIER))
    assert_refused(simulate(tier, fake.url), "tier.yaml: metadata.name is absent, but must name the tier")


def test_whoever_does_not_answer_is_named_with_what_to_do(fake: FakePrometheus, tier: Path) -> None:
    url = fake.url
    fake.close()
    assert_refused(simulate(tier, url), f"cannot read the history from {url}: POST /api/v1/query_range at {url}")
    assert "Is --prometheus-url right, and can it be reached from here?" in simulate(tier, url).stderr


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "Check --prometheus-header and --prometheus-token-file"),
        (404, "Does --prometheus-url lead to Prometheus' API?"),
        (503, "Try again later, or ask for less with --since"),
    ],
)
def test_a_refusal_says_what_to_do(fake: FakePrometheus, tier: Path, status: int, said: str) -> None:
    fake.status = status
    assert_refused(simulate(tier, fake.url), said)


def test_a_partial_answer_is_no_load(fake: FakePrometheus, tier: Path) -> None:
    fake.warnings = ["a store did not answer"]
    assert_refused(simulate(tier, fake.url), "its answer may be partial: a store did not answer. Wait until all")


@pytest.mark.parametrize("text", ["14", "0d", "5m", "2y", "367d", "1.5h"])
def test_a_time_that_cannot_be_is_refused(fake: FakePrometheus, tier: Path, text: str) -> None:
    done = simulate(tier, fake.url, "--since", text)
    assert done.exit_code == 1
    assert f"'{text}' must be a time from 10m to 366d, such as 14d, 36h or 90m" in " ".join(done.stderr.split())


def test_a_load_is_from_a_file_or_from_prometheus(fake: FakePrometheus, tier: Path) -> None:
    both = simulate(tier, fake.url, "--load", "load.csv")
    neither = CliRunner().invoke(main, ["simulate", "-f", str(tier)])
    nowhere = CliRunner().invoke(main, ["simulate", "-f", str(tier), "--since", "1h"])
    assert {both.exit_code, neither.exit_code, nowhere.exit_code} == {1}
    assert "give either --load FILE or --since TIME" in both.stderr
    assert "give either --load FILE or --since TIME" in neither.stderr
    assert "--since needs --prometheus-url" in nowhere.stderr
