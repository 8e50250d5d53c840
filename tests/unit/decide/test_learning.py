"""What a look teaches, and what it must not."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.unit.decide import builders as b
from vectortier.decide.facts.look import Facts, Look, facts_of
from vectortier.decide.learning import taught
from vectortier.model.learned import Learned, Spare
from vectortier.model.load import Instant, Load, SloWindow, Utilisation
from vectortier.model.observation import Observation
from vectortier.model.value import Unknown

INTERVAL = 15.0
LOOKS = 8


def after_looks(change: Callable[[SloWindow], SloWindow]) -> Facts:
    """What is known after some looks at a steady load; `change` is made to each window."""
    learned, facts = Learned(), None
    for i in range(LOOKS):
        now = b.NOW + INTERVAL * i
        facts = taught(facts_at(seen_at(now, change, learned)))
        learned = facts.learned
    assert facts is not None
    return facts


def facts_at(seen: Observation) -> Facts:
    found = facts_of(Look(b.spec(), seen, seen.now))
    assert found is not None
    return found


def seen_at(now: float, change: Callable[[SloWindow], SloWindow], learned: Learned) -> Observation:
    load = b.load(cpu=(Utilisation(node=b.node(0), fraction=0.4),))
    assert isinstance(load.short, SloWindow)
    assert isinstance(load.long, SloWindow)
    load = load.model_copy(update={"short": change(load.short), "long": change(load.long)})
    return b.observation(1, now=now, load=load, learned=learned)


def test_a_steady_load_teaches_demand_and_what_a_copy_costs() -> None:
    facts = after_looks(lambda window: window)
    assert len(facts.learned.demand.rates) == LOOKS
    assert facts.learned.capacity.search_cost is not None
    assert facts.sizing is not None


def test_nothing_is_learned_from_weaviates_own_coarse_histograms() -> None:
    """Late searches are a fact by them, but neither the demand nor a size is known."""
    facts = after_looks(lambda window: window.model_copy(update={"between_milliseconds": (250.0, 500.0)}))
    assert facts.learned == Learned()
    assert facts.sizing is None
    assert facts.wanted is None


def test_what_was_learned_before_sizes_no_tier_whose_metrics_are_coarse_now() -> None:
    known = after_looks(lambda window: window).learned
    later = seen_at(
        b.NOW + INTERVAL * LOOKS,
        lambda window: window.model_copy(update={"between_milliseconds": (250.0, 500.0)}),
        known,
    )
    facts = taught(replace(facts_at(later), learned=known))
    assert facts.learned.demand == known.demand
    assert facts.sizing is None


@pytest.mark.parametrize(("requests", "shows_room"), [(1000.0, True), (99.0, False)])
def test_the_slowest_of_a_few_is_no_p99(requests: float, shows_room: bool) -> None:
    """Nodes are busy for half of their time, and the p99 is a third of the promise."""
    learned = Learned()
    for i in range(LOOKS):
        used = (Utilisation(node=b.node(0), fraction=0.5),)
        load = b.load(
            cpu=used, short=b.window(60, requests), instant=Instant(queries_per_second=17.0, bad_fraction=0.0)
        )
        learned = taught(facts_at(b.observation(1, now=b.NOW + INTERVAL * i, load=load, learned=learned))).learned
    assert (learned.capacity.trust > 1.0) is shows_room


CAME = 300.0
ANSWERED = 100.0


def overloaded(at: float, learned: Learned) -> Facts:
    """After one more interval of a node that is busy all the time and answers a third of what comes."""
    late = b.load(
        bad=0.9,
        instant=Instant(queries_per_second=CAME, bad_fraction=0.9),
        short=b.window(60, ANSWERED * 60, 0.9),
        cpu=(Utilisation(node=b.node(0), fraction=1.0),),
    )
    return taught(facts_at(b.observation(1, now=at, load=late, learned=learned)))


def test_an_overload_that_nothing_was_known_before_shows_by_what_is_answered_what_a_copy_can_do() -> None:
    learned = Learned()
    for i in range(3):
        learned = overloaded(b.NOW + INTERVAL * i, learned).learned
        assert learned.capacity.search_cost is None, "the window may reach back to before anything was counted"
    facts = overloaded(b.NOW + INTERVAL * 3, learned)
    assert facts.learned.capacity.search_cost == pytest.approx(1 / ANSWERED)
    assert facts.sizing is not None
    assert facts.sizing.now > CAME / ANSWERED


LARGE = 3
SINCE = b.NOW - 200.0


def watched(seconds: float, load: Load | Unknown) -> Spare:
    """How long a tier of three copies that needs one counts as too large, so long after it was last seen."""
    known = after_looks(lambda window: window).learned
    last = b.NOW + INTERVAL * (LOOKS - 1)
    assert known.at == last
    known = known.model_copy(update={"spare": Spare(since=SINCE, most=1)})
    cpu = tuple(Utilisation(node=b.node(i), fraction=0.1) for i in range(LARGE))
    load = load if isinstance(load, Unknown) else load.model_copy(update={"cpu": cpu})
    return taught(facts_at(b.observation(LARGE, now=last + seconds, load=load, learned=known))).learned.spare


def test_a_tier_that_cannot_be_seen_is_no_longer_and_no_shorter_too_large() -> None:
    blind = Unknown(reason="MetricsUnavailable", message="Prometheus does not answer")
    assert watched(600.0, blind) == Spare(since=SINCE, most=1)


@pytest.mark.parametrize(
    ("seconds", "since"),
    [
        (INTERVAL, SINCE),
        (2 * INTERVAL, SINCE),  # one scrape failed
        (5 * INTERVAL, SINCE + 4 * INTERVAL),  # it was not seen for a minute, which does not count
        (20 * INTERVAL, None),  # for too long to know what was
    ],
)
def test_time_without_metrics_does_not_count_as_too_large(seconds: float, since: float | None) -> None:
    assert watched(seconds, b.load()).since == since
