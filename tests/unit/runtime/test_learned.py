"""What was learned and decided is kept: seldom, on a condition, and never at the price of a look."""

from __future__ import annotations

from typing import cast

import pytest

from tests.unit.decide import builders as b
from tests.unit.runtime.store import Store
from vectortier.act.decisions import keep_decision
from vectortier.act.learned import Memory, keep_learned
from vectortier.act.ownership import EPOCH_ANNOTATION, Term
from vectortier.api.status import VectorTierStatus
from vectortier.children.metadata import TIER_LABEL
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import Kubernetes, Object
from vectortier.decide.tier import decide
from vectortier.model.learned import Learned
from vectortier.observe.decisions import read_decisions
from vectortier.observe.learned import read_learned
from vectortier.observe.tier import TierView
from vectortier.report.kept import Kept, build_kept

AT = 1.8e9
TERM = Term(3, "operator-a")


@pytest.fixture
def store() -> Store:
    return Store()


def client(store: Store) -> Kubernetes:
    return cast(Kubernetes, store)


def found(store: Store) -> Object | None:
    return store.find(kinds.CONFIG_MAP, "search", "t-model")


def view(store: Store, uid: str = "tier-uid") -> TierView:
    model = found(store)
    objects = {} if model is None else {("ConfigMap", "t-model"): model}
    return TierView({}, b.identity(uid=uid), b.spec(), VectorTierStatus(), objects, None)


def keep(store: Store, at: float, began: bool = False) -> bool:
    return keep_learned(client(store), view(store), Learned(at=at), began, TERM)


def test_it_is_written_every_ten_minutes_that_it_moves_on(store: Store) -> None:
    assert [keep(store, AT + later) for later in (0, 15, 599, 600, 1199, 1200)] == [
        *(True, False, False),
        *(True, False, True),
    ]


def test_it_is_written_when_an_operation_begins(store: Store) -> None:
    keep(store, AT)
    assert keep(store, AT + 15, began=True)
    assert read_learned(found(store)) == Learned(at=AT + 15)


def test_what_has_not_changed_is_not_written(store: Store) -> None:
    assert not keep(store, 0.0, began=True), "a new tier has the defaults"
    keep(store, AT)
    assert not keep(store, AT, began=True)


def test_it_belongs_to_the_tier_and_is_marked_with_the_term(store: Store) -> None:
    keep(store, AT)
    metadata = (found(store) or {})["metadata"]
    assert metadata["labels"][TIER_LABEL] == "t"
    assert metadata["ownerReferences"][0]["uid"] == "tier-uid"
    assert metadata["annotations"][EPOCH_ANNOTATION] == TERM.mark


def test_an_older_view_is_refused_and_stops_nothing(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    keep(store, AT)
    older = view(store)
    keep(store, AT + 600)
    assert not keep_learned(client(store), older, Learned(at=AT + 1200), False, TERM)
    assert read_learned(found(store)) == Learned(at=AT + 600)
    assert "was not written: it has changed" in caplog.text


def test_memory_is_ahead_of_what_is_kept(store: Store) -> None:
    keep(store, AT)
    memory = Memory()
    assert memory.recall(view(store)).at == AT, "a new process goes on from what is kept"
    memory.note(b.identity(), Learned(at=AT + 15))
    assert memory.recall(view(store)).at == AT + 15


def test_what_another_leader_has_learned_since_is_taken_over(store: Store) -> None:
    memory = Memory()
    memory.note(b.identity(), Learned(at=AT))
    keep(store, AT + 900)
    assert memory.recall(view(store)).at == AT + 900


def test_another_tier_of_the_same_name_begins_anew(store: Store) -> None:
    memory = Memory()
    memory.note(b.identity(uid="gone"), Learned(at=AT))
    assert memory.recall(view(store)) == Learned()
    memory.note(b.identity(), Learned(at=AT))
    memory.forget("search", "t")
    assert memory.recall(view(store)) == Learned()


def decision(later: float = 0.0) -> Kept:
    seen = b.observation(now=b.NOW + later)
    return build_kept(b.spec(), seen, decide(b.spec(), seen, seen.now))


def test_decisions_are_kept_beside_each_other_and_out_of_the_looks_way(store: Store) -> None:
    for later in (0.0, 15.0):
        assert keep_decision(client(store), b.identity(), decision(later), TERM)
    assert [kept.at for kept in read_decisions(client(store), "search", "t")] == [b.NOW + 15.0, b.NOW]
    metadata = store.objects["ConfigMap", "search", "t-decisions"]["metadata"]
    assert TIER_LABEL not in metadata["labels"], "each look would list 200 kB"
    assert metadata["ownerReferences"][0]["uid"] == "tier-uid"


def test_a_decision_that_cannot_be_kept_is_told_and_stops_nothing(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    store.down = True
    assert not keep_decision(client(store), b.identity(), decision(), TERM)
    assert "was not kept: no answer" in caplog.text
