"""Reading a tier's load from a real Prometheus: what is not known must not look like little traffic."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cluster.builds.debian import find_packages
from tests.cluster.progress import Progress, print_plainly
from tests.contract import scraped
from tests.contract.loopback import wait_for
from tests.contract.scraped import Counters, Gateways
from vectortier.api.reasons import Reason
from vectortier.api.vectortier import VectorTierSpec
from vectortier.clients.prometheus import Prometheus, PrometheusSettings
from vectortier.model.load import Load, SloWindow
from vectortier.model.observation import Identity
from vectortier.model.value import Unknown
from vectortier.observe.load import read_load

TIER = Identity(namespace=scraped.NAMESPACE, name=scraped.TIER, uid="u", generation=1)
# The shortest windows that the API allows.
SPEC = VectorTierSpec.model_validate(
    {
        "slo": {"search": {"p99Milliseconds": 250}},
        "damping": {
            "windows": {"shortSeconds": 15, "longSeconds": 30},
            "scaleOut": {"stabilizationWindowSeconds": 5},
        },
    }
)
PODS = ["tickets-gateway-aaa", "tickets-gateway-bbb"]
SETTLE_SECONDS = 30.0


@pytest.fixture(scope="session")
def binary() -> Path:
    """Prometheus from Debian's package, unpacked into the cache."""
    return find_packages(Progress(print_plainly)).program("prometheus")


@pytest.fixture
def gateways() -> Gateways:
    found = Gateways()
    for pod in PODS:
        found.add(pod)
    return found


@pytest.fixture
def server(binary: Path, gateways: Gateways, tmp_path: Path) -> Iterator[Prometheus]:
    with scraped.serve(gateways) as port, scraped.prometheus(binary, tmp_path, port, PODS) as url:
        yield Prometheus(PrometheusSettings(url=url))


def look(server: Prometheus, ahead: float = 0.0, ready_gateways: int | None = 2) -> Load | Unknown:
    return read_load(server, TIER, SPEC, time.time() + ahead, ready_gateways=ready_gateways)


def short(load: Load | Unknown) -> SloWindow | Unknown:
    return load if isinstance(load, Unknown) else load.short


def until(server: Prometheus, condition: Callable[[SloWindow | Unknown], bool]) -> SloWindow | Unknown:
    """The first short window that fulfils the condition."""
    seen: list[SloWindow | Unknown] = []

    def fulfilled() -> bool:
        seen.append(short(look(server)))
        return condition(seen[-1])

    wait_for(fulfilled, SETTLE_SECONDS, lambda: f"last seen: {seen[-1]}")
    return seen[-1]


@contextmanager
def traffic(counters: list[Counters], good: float, late: float, waiting: float = 0.0) -> Iterator[None]:
    """About so many good and late searches and one write per second at each gateway while the block runs, and so many
    that come and do not end."""
    stopped = threading.Event()

    def run() -> None:
        while not stopped.wait(0.1):
            for each in counters:
                each.good += good / 10
                each.late += late / 10
                each.waiting += waiting / 10
                each.writes += 0.1

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def test_standing_counters_are_a_fresh_zero(server: Prometheus) -> None:
    window = until(server, lambda w: isinstance(w, SloWindow))

    assert isinstance(window, SloWindow)
    assert (window.requests, window.bad) == (0.0, 0.0)
    assert window.age_seconds < 5
    load = look(server)
    assert isinstance(load, Load)
    assert (load.queries_per_second, load.writes_per_second, load.missed_seconds) == (0.0, 0.0, 0.0)
    assert load.p99_milliseconds is None


def test_gateways_that_were_never_scraped_are_unknown(server: Prometheus, gateways: Gateways) -> None:
    gateways.counters.clear()
    elsewhere = TIER.model_copy(update={"name": "another"})

    found = read_load(server, elsewhere, SPEC, time.time())

    assert isinstance(found, Unknown)
    assert found.reason == Reason.METRICS_UNAVAILABLE


def test_the_share_of_late_searches_is_exact_and_its_duration_is_known(server: Prometheus, gateways: Gateways) -> None:
    with traffic(list(gateways.counters.values()), good=45, late=5):
        window = until(server, lambda w: isinstance(w, SloWindow) and w.requests > 1000)
        wait_for(lambda: isinstance(load := look(server), Load) and load.missed_seconds >= 5, SETTLE_SECONDS)
        load = look(server)

    assert isinstance(window, SloWindow)
    assert window.bad_fraction == pytest.approx(0.1, abs=0.005)
    assert isinstance(load, Load)
    assert isinstance(load.short, SloWindow)
    assert load.queries_per_second == pytest.approx(load.short.requests / load.short.seconds)
    # Each gateway has one write for fifty searches.
    assert load.writes_per_second == pytest.approx(load.short.requests / load.short.seconds / 50, rel=0.01)


def test_searches_that_came_are_known_before_they_end(server: Prometheus, gateways: Gateways) -> None:
    """Of a hundred that come each second one half is answered: an overload shows in what comes."""
    with traffic(list(gateways.counters.values()), good=25, late=0, waiting=25):
        until(server, lambda w: isinstance(w, SloWindow) and w.requests > 500)
        load = look(server)

    assert isinstance(load, Load)
    assert load.instant is not None
    assert not isinstance(load.queries_per_second, Unknown)
    assert load.instant.queries_per_second > 1.5 * load.queries_per_second


def test_a_gateway_that_starts_anew_is_no_jump(server: Prometheus, gateways: Gateways) -> None:
    for each in gateways.counters.values():
        each.good = 1e6
    until(server, lambda w: isinstance(w, SloWindow))
    # Of one million and none, a naive difference would make minus a million, and a naive reset plus a million.
    gateways.add(PODS[0])
    with traffic(list(gateways.counters.values()), good=50, late=0):
        window = until(server, lambda w: isinstance(w, SloWindow) and w.requests > 500)

    assert isinstance(window, SloWindow)
    assert 500 < window.requests < 2500
    assert window.bad == 0.0


def test_a_gateway_whose_scrapes_fail_makes_it_partial_and_recovers(server: Prometheus, gateways: Gateways) -> None:
    until(server, lambda w: isinstance(w, SloWindow))
    gateways.counters[PODS[1]].answers = False

    window = until(server, lambda w: isinstance(w, Unknown))

    assert isinstance(window, Unknown)
    assert window.reason == Reason.METRICS_PARTIAL
    assert PODS[1] in window.message
    gateways.counters[PODS[1]].answers = True
    until(server, lambda w: isinstance(w, SloWindow))


def test_when_no_gateway_answers_nothing_is_known(server: Prometheus, gateways: Gateways) -> None:
    until(server, lambda w: isinstance(w, SloWindow))
    for each in gateways.counters.values():
        each.answers = False

    window = until(server, lambda w: isinstance(w, Unknown) and w.reason == Reason.METRICS_UNAVAILABLE)

    assert isinstance(window, Unknown)
    assert all(pod in window.message for pod in PODS)


def test_a_ready_gateway_that_is_not_scraped_makes_it_partial(server: Prometheus) -> None:
    until(server, lambda w: isinstance(w, SloWindow))

    window = short(look(server, ready_gateways=3))

    assert isinstance(window, Unknown)
    assert window.reason == Reason.METRICS_PARTIAL


def test_samples_that_are_not_renewed_grow_old(server: Prometheus) -> None:
    until(server, lambda w: isinstance(w, SloWindow))

    # To look from the future is to look after Prometheus has stood still for so long: the windows are not empty yet.
    window = short(look(server, ahead=10.0))

    assert isinstance(window, SloWindow)
    assert 9.0 < window.age_seconds < 16.0
    # And once they are empty, nothing is known, although the series themselves are still answered for minutes.
    emptied = short(look(server, ahead=60.0))
    assert isinstance(emptied, Unknown)
    assert emptied.reason == Reason.METRICS_UNAVAILABLE
