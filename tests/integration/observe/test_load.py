"""What Prometheus says becomes numbers; what it does not say becomes Unknown with the reason, never zero."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.prometheus import FakePrometheus, Gateway, Node
from vectortier.api.reasons import Reason
from vectortier.api.vectortier import VectorTierSpec
from vectortier.clients.http import Deadlines
from vectortier.clients.prometheus import Prometheus, PrometheusSettings
from vectortier.model.load import CollectionLoad, Load, SloWindow, Utilisation
from vectortier.model.observation import Identity
from vectortier.model.value import Unknown
from vectortier.observe.load import read_load

NOW = 1_800_000_000.0
TIER = Identity(namespace="search", name="tickets", uid="u", generation=1)
SPEC = VectorTierSpec.model_validate(
    {
        "slo": {"search": {"p99Milliseconds": 250}},
        "weaviate": {"resources": {"limits": {"cpu": "300m", "memory": "1Gi"}}},
    }
)


@pytest.fixture
def fake() -> Iterator[FakePrometheus]:
    with FakePrometheus() as fake:
        fake.gateways = {"tickets-gateway-a": Gateway(age_seconds=2.0), "tickets-gateway-b": Gateway(age_seconds=4.0)}
        fake.nodes = {"tickets-weaviate-0": Node(cores=0.15, memory_bytes=2**29, volume_bytes=2e9)}
        fake.searches_per_second, fake.bad_fraction = 50.0, 0.02
        yield fake


def look(
    fake: FakePrometheus, spec: VectorTierSpec = SPEC, ready_gateways: int | None = None, seconds: float = 20.0
) -> Load | Unknown:
    deadlines = Deadlines(connect=2.0, read=5.0, total=10.0)
    prometheus = Prometheus(PrometheusSettings(url=fake.url, deadlines=deadlines), attempts=1)
    return read_load(prometheus, TIER, spec, NOW, ready_gateways=ready_gateways, deadline_seconds=seconds)


def known(load: Load | Unknown) -> Load:
    assert isinstance(load, Load), load
    return load


def reason(value: object) -> str:
    assert isinstance(value, Unknown), value
    return value.reason


def test_numbers_are_read_with_the_age_of_the_gateway_that_is_worst_off(fake: FakePrometheus) -> None:
    load = known(look(fake))

    assert load.short == SloWindow(seconds=60, requests=3000.0, bad=60.0, age_seconds=4.0)
    assert load.long == SloWindow(seconds=300, requests=15000.0, bad=300.0, age_seconds=4.0)
    assert load.queries_per_second == 50.0
    assert load.writes_per_second == 0.0
    assert (load.p50_milliseconds, load.p99_milliseconds) == (5.0, 20.0)
    assert load.cpu == (Utilisation(node="tickets-weaviate-0", fraction=0.5),)
    assert load.memory == (Utilisation(node="tickets-weaviate-0", fraction=0.5),)
    assert load.disk == (Utilisation(node="tickets-weaviate-0", fraction=0.2),)
    assert load.volume_bytes == (("tickets-weaviate-0", 2e9),)


def test_a_fresh_zero_is_knowledge(fake: FakePrometheus) -> None:
    fake.searches_per_second = 0.0

    load = known(look(fake))

    assert load.long == SloWindow(seconds=300, requests=0.0, bad=0.0, age_seconds=4.0)
    assert load.queries_per_second == 0.0
    assert load.p99_milliseconds is None


def test_absent_gateways_are_unknown_and_not_zero(fake: FakePrometheus) -> None:
    fake.gateways.clear()

    assert reason(look(fake)) == Reason.METRICS_UNAVAILABLE


def test_an_empty_prometheus_is_unknown(fake: FakePrometheus) -> None:
    fake.empty = True

    assert reason(look(fake)) == Reason.METRICS_UNAVAILABLE


def test_a_prometheus_that_is_down_is_unknown(fake: FakePrometheus) -> None:
    fake.close()

    assert reason(look(fake)) == Reason.METRICS_UNAVAILABLE


def test_a_prometheus_that_answers_with_an_error_is_unknown_and_quoted(fake: FakePrometheus) -> None:
    fake.status = 503

    load = look(fake)

    assert reason(load) == Reason.METRICS_UNAVAILABLE
    assert isinstance(load, Unknown)
    assert "503 not now" in load.message


def test_a_prometheus_that_hangs_is_unknown(fake: FakePrometheus) -> None:
    fake.delay_seconds = 0.5

    assert reason(look(fake, seconds=0.1)) == Reason.METRICS_UNAVAILABLE


def test_recovery_needs_nothing_but_the_next_look(fake: FakePrometheus) -> None:
    fake.status = 503
    assert isinstance(look(fake), Unknown)
    fake.status = None

    assert known(look(fake)).queries_per_second == 50.0


def test_warnings_make_the_windows_partial(fake: FakePrometheus) -> None:
    fake.warnings = ["No StoreAPIs matched for this query"]

    load = known(look(fake))

    assert reason(load.short) == reason(load.long) == reason(load.cpu) == Reason.METRICS_PARTIAL
    assert isinstance(load.short, Unknown)
    assert "No StoreAPIs matched" in load.short.message


def test_a_gateway_whose_scrape_fails_makes_the_windows_partial(fake: FakePrometheus) -> None:
    fake.gateways["tickets-gateway-b"].up = False

    load = known(look(fake))

    assert reason(load.short) == reason(load.long) == reason(load.queries_per_second) == Reason.METRICS_PARTIAL
    assert isinstance(load.short, Unknown)
    assert "tickets-gateway-b" in load.short.message
    assert isinstance(load.cpu, tuple)


def test_when_no_gateway_can_be_scraped_the_load_is_unknown_and_names_them(fake: FakePrometheus) -> None:
    for gateway in fake.gateways.values():
        gateway.up = False

    load = look(fake)

    assert reason(load) == Reason.METRICS_UNAVAILABLE
    assert isinstance(load, Unknown)
    assert "tickets-gateway-a, tickets-gateway-b" in load.message


def test_a_ready_gateway_that_prometheus_does_not_know_makes_the_windows_partial(fake: FakePrometheus) -> None:
    assert reason(known(look(fake, ready_gateways=3)).long) == Reason.METRICS_PARTIAL
    assert isinstance(known(look(fake, ready_gateways=2)).long, SloWindow)


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-1"])
def test_values_that_are_no_usable_numbers_are_invalid(fake: FakePrometheus, value: str) -> None:
    fake.value = value

    assert reason(look(fake)) == Reason.METRICS_INVALID


def test_the_missed_time_is_that_of_the_unbroken_stretch_up_to_now(fake: FakePrometheus) -> None:
    fake.missed_since = NOW - 60.0

    assert known(look(fake)).missed_seconds == 60.0


def test_without_limits_there_is_no_share_of_a_limit(fake: FakePrometheus) -> None:
    spec = VectorTierSpec.model_validate({"slo": {"search": {"p99Milliseconds": 250}}})

    load = known(look(fake, spec))

    assert (load.cpu, load.memory) == ((), ())


def test_missing_kubelet_metrics_are_unknown_where_there_is_a_limit(fake: FakePrometheus) -> None:
    fake.nodes.clear()

    load = known(look(fake))

    assert reason(load.memory) == reason(load.cpu) == Reason.METRICS_UNAVAILABLE


def test_volumes_that_were_reported_and_are_no_longer_are_unknown(fake: FakePrometheus) -> None:
    fake.nodes.clear()

    assert reason(known(look(fake)).disk) == Reason.METRICS_STALE


def test_volumes_of_a_kind_that_is_never_reported_are_left_out(fake: FakePrometheus) -> None:
    fake.nodes.clear()
    fake.volumes_reported_lately = False

    assert known(look(fake)).disk == ()


def test_searches_by_collection_are_read_the_busiest_first(fake: FakePrometheus) -> None:
    fake.collections = {"Faq": 2.0, "Ticket": 48.0}

    assert known(look(fake)).collections == (
        CollectionLoad(name="Ticket", searches_per_second=48.0),
        CollectionLoad(name="Faq", searches_per_second=2.0),
    )


def test_collections_that_weaviate_does_not_tell_apart_are_left_out(fake: FakePrometheus) -> None:
    assert known(look(fake)).collections == ()


def searched(fake: FakePrometheus) -> None:
    """Nobody scrapes a gateway. Of 100 searches a second 97 take at most 100 ms, 98 at most 250, 99.5 at most 500."""
    fake.gateways.clear()
    fake.scraped_nodes = {"tickets-weaviate-0": True}
    fake.durations = {"0.1": 97.0, "0.25": 98.0, "0.5": 99.5, "1": 100.0, "+Inf": 100.0}


def promising(milliseconds: int) -> VectorTierSpec:
    return VectorTierSpec.model_validate({"slo": {"search": {"p99Milliseconds": milliseconds}}})


def test_without_gateways_weaviates_own_histogram_says_what_was_late_for_certain_and_what_may_have_been(
    fake: FakePrometheus,
) -> None:
    searched(fake)
    load = known(look(fake, promising(300)))
    assert isinstance(load.short, SloWindow)
    assert (load.short.requests, load.short.age_seconds) == (6000.0, 2.0)
    assert (load.short.bad, load.short.bad_at_most) == pytest.approx((30.0, 120.0))
    assert load.short.between_milliseconds == (250.0, 500.0)
    assert isinstance(load.long, SloWindow)
    assert (load.long.bad, load.long.bad_at_most) == pytest.approx((150.0, 600.0))
    assert load.queries_per_second == 100.0
    assert load.instant is None
    assert (load.writes_per_second, load.missed_seconds) == (0.0, 0.0)


def test_a_promise_at_one_of_its_bounds_is_counted_exactly_and_what_failed_is_bad(fake: FakePrometheus) -> None:
    searched(fake)
    fake.failed_per_second, fake.missed_since = 1.0, NOW - 47
    load = known(look(fake, promising(250)))
    assert isinstance(load.short, SloWindow)
    assert (load.short.requests, load.short.bad, load.short.bad_at_most) == (6060.0, pytest.approx(180.0), None)
    assert load.missed_seconds == 45.0


@pytest.mark.parametrize(("milliseconds", "between"), [(50, (None, 100.0)), (2000, (1000.0, None))])
def test_a_promise_beyond_its_bounds_is_late_by_none_of_them_for_certain(
    fake: FakePrometheus, milliseconds: int, between: tuple[float | None, float | None]
) -> None:
    searched(fake)
    load = known(look(fake, promising(milliseconds)))
    assert isinstance(load.short, SloWindow)
    assert load.short.between_milliseconds == between
    assert load.short.bad == pytest.approx(180.0 if milliseconds == 50 else 0.0)
    assert load.short.bad_at_most == pytest.approx(6000.0 if milliseconds == 50 else 0.0)


def test_without_gateways_and_with_a_node_that_cannot_be_scraped_nothing_is_known(fake: FakePrometheus) -> None:
    searched(fake)
    fake.scraped_nodes["tickets-weaviate-1"] = False
    assert reason(look(fake)) == Reason.METRICS_UNAVAILABLE


def test_without_gateways_and_searches_nothing_is_known(fake: FakePrometheus) -> None:
    searched(fake)
    fake.durations.clear()
    assert reason(look(fake)) == Reason.METRICS_UNAVAILABLE


def test_a_prometheus_that_does_not_answer_is_not_asked_a_second_time(fake: FakePrometheus) -> None:
    searched(fake)
    fake.status = 503
    assert reason(look(fake)) == Reason.METRICS_UNAVAILABLE
    assert not any("weaviate_grpc" in query for query in fake.queries)
