"""What a look teaches, and what it must not."""

from collections.abc import Callable
from dataclasses import replace

from tests.unit.decide import builders as b
from vectortier.decide.facts.look import Facts, Look, facts_of
from vectortier.decide.learning import taught
from vectortier.model.learned import Learned
from vectortier.model.load import SloWindow, Utilisation
from vectortier.model.observation import Observation

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
