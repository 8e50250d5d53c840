"""An operator that dies at every single write still finishes a scale-out, and does nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.fakes.weaviate import Fault
from tests.integration.faults.loop import Deaths, Died, Life
from tests.integration.rig import Rig, await_so, node
from tests.integration.runtime.test_scale_out import assert_scaled_out_once, scaled_out
from tests.unit.decide.wanting import growing_to
from vectortier.clients.kubernetes import connect
from vectortier.model.plan import EndOperation

_MOST_LIVES = 200


def serve_one_node(rig: Rig, **spec: Any) -> None:
    """A tier with one serving node and a collection, by an operator that lives."""
    rig.apply_tier(**spec)
    life = Life(rig, epoch=1)
    life.until("the first node serves", lambda: rig.serving() == {node(0)})
    rig.weaviate.add_collection("Ticket", {"S1": [node(0)], "S2": [node(0)]}, objects=20)
    rig.light_load()
    life.look()
    life.end()


def die_until(rig: Rig, is_so: Callable[[], bool]) -> Deaths:
    """One life after the other, each ended by its first write, before it or after it."""
    deaths = Deaths()
    for _ in range(_MOST_LIVES):
        # One term for all lives: with a new one each time, it would die while it marks what it is about to write to.
        life = Life(rig, 2, connect(rig.kubeconfig, may_write=deaths.may_write, on_request=deaths.on_request))
        try:
            life.until("it dies or is done", is_so, looks=100)
        except Died:
            continue
        finally:
            life.end()
        break
    assert is_so(), deaths.log[-10:]
    return deaths


def test_it_finishes_although_it_dies_before_and_after_every_write(rig: Rig) -> None:
    serve_one_node(rig)
    rig.break_slo()
    deaths = die_until(rig, lambda: scaled_out(rig))
    assert deaths.writes > 15, "the journal alone takes more writes than that"
    rig.light_load()
    last = Life(rig, epoch=3)
    last.until("nothing is left to do", lambda: last.looks and last.looks[-1].plan.action is None)
    last.end()
    assert_scaled_out_once(rig)


def test_three_nodes_at_once_are_each_copied_to_once_although_it_dies_at_every_write(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing_to(monkeypatch, 4)
    names = [node(i) for i in range(4)]
    serve_one_node(rig, nodes={"min": 1, "max": 4}, copies={"min": 1, "max": 4})
    rig.break_slo()
    die_until(rig, lambda: bool(rig.journal()["history"]) and rig.serving() == set(names))
    (past,) = rig.journal()["history"]
    assert (past["kind"], past["result"], past["nodes"], past["copies"]) == ("ScaleOut", "Succeeded", 4, 4)
    copied = sorted(rig.weaviate.cluster.started_copies)
    assert copied == [("Ticket", shard, name) for shard in ("S1", "S2") for name in names[1:]]
    collection = rig.weaviate.cluster.collections["Ticket"]
    assert collection.factor == 4
    assert all(sorted(on) == names for on in collection.replicas.values())
    assert not rig.weaviate.cluster.movements, "finished movements are cleared away"


def test_it_finishes_although_every_answer_of_weaviate_to_a_change_is_lost_once(rig: Rig) -> None:
    serve_one_node(rig)
    rig.break_slo()
    life = Life(rig, epoch=2)
    lost = Fault(pattern="^(POST|PUT|DELETE) .*(replicate|schema)", drop=True, times=4)
    with rig.weaviate.fault(lost):
        life.until("both nodes serve", lambda: scaled_out(rig), looks=400)
    assert lost.times == 0, "every one of the losses happened"
    assert any(isinstance(look.plan.action, EndOperation) for look in life.looks)
    life.end()
    rig.light_load()
    assert_scaled_out_once(rig)


def test_a_killed_process_is_followed_by_one_that_finishes(rig: Rig) -> None:
    """The real process, killed each time its journal has changed."""
    operator = rig.operator().await_ready()
    rig.start_tier()
    await_so("SLOMet", lambda: rig.condition("SLOMet").get("status") == "True")
    rig.break_slo()
    seen = [rig.journal().get("operation")]
    for _ in range(4):
        await_so("the journal changes", lambda: rig.journal().get("operation") != seen[-1] or scaled_out(rig), 120)
        seen.append(rig.journal().get("operation"))
        operator.kill()
        operator = rig.operator().await_ready()
    await_so("both nodes serve", lambda: scaled_out(rig), 180)
    rig.light_load()
    assert_scaled_out_once(rig)
