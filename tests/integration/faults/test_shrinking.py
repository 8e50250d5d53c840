"""A tier that is too large gives up a node and loses nothing, wherever the operator dies and whatever comes between."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.fakes.weaviate import Fault
from tests.integration.faults.loop import Life
from tests.integration.faults.test_cannot_go_on import hold
from tests.integration.faults.test_dying_at_every_write import die_until
from tests.integration.rig import TIER, Rig, await_so, node
from tests.integration.runtime.test_leadership import look, take_over
from tests.integration.runtime.test_scale_out import lock
from vectortier.act.volumes import purge_volume
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import connect
from vectortier.clients.kubernetes_errors import ConflictError
from vectortier.decide.rules.gates import PAUSE_SCALE_IN_ANNOTATION
from vectortier.model.plan import PurgeVolume

BOTH = {node(0), node(1)}
OBJECTS = 20
SHARDS = ("S1", "S2")
KEPT_SECONDS = 3600


@dataclass(frozen=True)
class Change:
    """A request that changes something in Weaviate, and how things stood with the youngest node when it came."""

    request: str
    serving: bool
    nodes: int
    pod: bool


def sized(count: int) -> dict[str, Any]:
    """The part of the spec that asks for so many nodes, no more and no less, each with a copy."""
    return {"nodes": {"min": count, "max": count}, "copies": {"min": 1, "max": count}}


def serve(rig: Rig, count: int = 2, **spec: Any) -> None:
    """A tier of so many nodes, all of them serving, with a copy of a collection on each. From now on each look is two
    seconds after the last, as when the operator waits for something."""
    rig.apply_tier(**sized(count), **spec)
    life = Life(rig, epoch=1)
    life.until("all nodes serve", lambda: len(rig.serving()) == count)
    fill(rig, count)
    life.look()
    life.end()
    rig.clock.each_look = 2.0


def fill(rig: Rig, count: int = 2) -> None:
    """A collection with a copy on each node, and metrics of light load. From now on nodes are removed only by who knows
    how they prove to each other who they are."""
    placed = {shard: [node(ordinal) for ordinal in range(count)] for shard in SHARDS}
    rig.weaviate.add_collection("Ticket", placed, objects=OBJECTS, factor=count)
    rig.weaviate.cluster_credentials = credentials(rig)
    rig.light_load()


def ask_for_one(rig: Rig) -> None:
    """The tier may have one node and one copy only; how long its volumes are kept is told."""
    rig.apply_tier(**sized(1), damping={"scaleIn": {"keepVolumesSeconds": KEPT_SECONDS}})


def credentials(rig: Rig) -> tuple[str, str]:
    """The user and the password of the nodes among themselves."""
    keys = rig.get(kinds.SECRET, f"{TIER}-keys")["data"]
    user, password = (base64.b64decode(keys[name]).decode() for name in ("cluster-username", "cluster-password"))
    return user, password


def nodes(rig: Rig) -> int:
    """How many nodes the StatefulSet is to have."""
    return int(rig.get(kinds.STATEFUL_SET, f"{TIER}-weaviate")["spec"]["replicas"])


def claim_uid(rig: Rig) -> str | None:
    """Which volume claim the youngest node has, None when it has none."""
    claim = rig.claim(1)
    return None if claim is None else str(claim["metadata"]["uid"])


def pod_uid(rig: Rig) -> str | None:
    """Which pod the youngest node has, None when it has none."""
    pod = rig.admin.find(kinds.POD, rig.namespace, node(1))
    return None if pod is None else str(pod["metadata"]["uid"])


def history(rig: Rig) -> list[tuple[str, str]]:
    """Kind and result of the operations that have ended."""
    return [(past["kind"], past["result"]) for past in rig.journal()["history"]]


def ended(rig: Rig) -> bool:
    """Whether an operation has ended, and none is under way."""
    journal = rig.journal()
    return bool(journal["history"]) and "operation" not in journal


def shrunk(rig: Rig) -> bool:
    """Whether the operation has ended and one node is left."""
    return ended(rig) and nodes(rig) == 1


def held(rig: Rig, name: str) -> dict[str, int]:
    """How many objects of each shard the node has."""
    cluster = rig.weaviate.cluster
    return {
        shard: cluster.count(name, collection, shard)
        for collection in cluster.collections.values()
        for shard, on in collection.replicas.items()
        if name in on
    }


def in_raft(rig: Rig) -> set[str]:
    return {n.name for n in rig.weaviate.cluster.nodes.values() if n.in_raft}


def assert_shrunk_once(rig: Rig) -> None:
    """One node, one copy of everything, and nothing done twice."""
    assert history(rig) == [("ScaleIn", "Succeeded")], rig.journal()["history"]
    assert all(step["state"] == "Done" for step in rig.journal()["history"][0]["steps"])
    cluster = rig.weaviate.cluster
    assert cluster.collections["Ticket"].replicas == {shard: [node(0)] for shard in SHARDS}
    assert cluster.collections["Ticket"].factor == 1
    assert held(rig, node(0)) == dict.fromkeys(SHARDS, OBJECTS), "nothing is lost"
    assert cluster.dropped_copies == [("Ticket", shard, node(1)) for shard in SHARDS]
    assert cluster.forgotten_nodes == [node(1)]
    assert rig.weaviate.count("POST", "/replication/scale$") == len(SHARDS), "none was asked for again"
    assert rig.weaviate.count("POST", "/cluster/remove$") == 1
    assert in_raft(rig) == {node(0)}
    assert nodes(rig) == 1
    assert pod_uid(rig) is None
    assert rig.serving() == {node(0)}
    await_so("the lock is given back", lambda: not lock(rig).get("holderIdentity"))


def settle(rig: Rig) -> None:
    """Another life of the operator, until there is nothing left to do."""
    life = Life(rig, epoch=3)
    life.until("nothing is left to do", lambda: life.looks and life.looks[-1].plan.action is None)
    life.end()


def linger(rig: Rig, on: bool) -> None:
    """Has the youngest node's pod stay when it is deleted, as one does that takes its time, or lets it go."""
    pod = rig.get(kinds.POD, node(1))
    rig.admin.patch(pod, {"metadata": {"finalizers": ["vectortier.dev/test"] if on else None}})


def changes_of(rig: Rig) -> list[Change]:
    """From now on, every change that is asked of Weaviate."""
    seen: list[Change] = []

    def note(request: str) -> None:
        if re.search("^(PUT|DELETE) |^POST /v1/(replication|cluster)/", request):
            seen.append(Change(request, node(1) in rig.serving(), nodes(rig), pod_uid(rig) is not None))

    rig.weaviate.on_request = note
    return seen


def test_a_tier_that_is_too_large_gives_up_a_node_in_an_order_that_loses_nothing(rig: Rig) -> None:
    serve(rig)
    claim, changes = claim_uid(rig), changes_of(rig)
    linger(rig, True)
    ask_for_one(rig)
    life = Life(rig, epoch=2)
    life.until("the node is on its way out", lambda: nodes(rig) == 1)
    for _ in range(5):
        life.look()
    linger(rig, False)
    life.until("one node is left", lambda: shrunk(rig))
    life.end()
    assert changes == [
        Change("PUT /v1/schema/Ticket", serving=False, nodes=2, pod=True),
        *[Change("POST /v1/replication/scale", serving=False, nodes=2, pod=True)] * len(SHARDS),
        Change("POST /v1/cluster/remove", serving=False, nodes=1, pod=False),
    ]
    assert_shrunk_once(rig)
    assert claim_uid(rig) == claim, "its volume is kept"
    settle(rig)
    assert (rig.tier()["status"]["nodes"], rig.tier()["status"]["copies"]) == (1, 1)


def test_several_nodes_go_one_after_the_other(rig: Rig) -> None:
    serve(rig, 3)
    changes = changes_of(rig)
    ask_for_one(rig)
    life = Life(rig, epoch=2)
    life.until("one node is left", lambda: shrunk(rig), looks=400)
    life.end()
    drops, removal = ["POST /v1/replication/scale"] * len(SHARDS), ["POST /v1/cluster/remove"]
    assert [change.request for change in changes] == ["PUT /v1/schema/Ticket", *drops, *removal] * 2
    assert [change.nodes for change in changes] == [3, 3, 3, 2, 2, 2, 2, 1]
    cluster = rig.weaviate.cluster
    assert cluster.dropped_copies == [("Ticket", shard, node(i)) for i in (2, 1) for shard in SHARDS]
    assert cluster.forgotten_nodes == [node(2), node(1)]
    assert history(rig) == [("ScaleIn", "Succeeded")]
    assert held(rig, node(0)) == dict.fromkeys(SHARDS, OBJECTS)


def test_a_node_that_is_restarted_while_it_leaves_leaves_all_the_same(rig: Rig) -> None:
    serve(rig)
    ask_for_one(rig)
    life = Life(rig, epoch=2)
    life.until("it has dropped a copy", lambda: rig.weaviate.cluster.dropped_copies)
    rig.admin.delete(rig.get(kinds.POD, node(1)))
    life.until("one node is left", lambda: shrunk(rig))
    life.end()
    assert_shrunk_once(rig)


def test_it_finishes_although_it_dies_before_and_after_every_write(rig: Rig) -> None:
    serve(rig)
    claim = claim_uid(rig)
    ask_for_one(rig)
    deaths = die_until(rig, lambda: shrunk(rig))
    assert deaths.writes > 15, "the journal alone takes more writes than that"
    settle(rig)
    assert_shrunk_once(rig)
    assert claim_uid(rig) == claim


def test_it_finishes_although_every_answer_of_weaviate_to_a_change_is_lost_once(rig: Rig) -> None:
    serve(rig)
    ask_for_one(rig)
    life = Life(rig, epoch=2)
    lost = Fault(pattern="^(POST|PUT) .*(scale|schema|remove)", drop=True, times=2 + len(SHARDS))
    with rig.weaviate.fault(lost):
        life.until("one node is left", lambda: shrunk(rig), looks=400)
    life.end()
    assert lost.times == 0, "every one of the losses happened"
    settle(rig)
    assert_shrunk_once(rig)


def test_a_killed_process_is_followed_by_one_that_finishes(rig: Rig) -> None:
    """The real process, killed each time its journal has changed."""
    operator = rig.operator().await_ready()
    rig.apply_tier(**sized(2))
    await_so("both nodes serve", lambda: rig.serving() == BOTH)
    fill(rig)
    await_so("SLOMet", lambda: rig.condition("SLOMet").get("status") == "True")
    ask_for_one(rig)
    seen = [rig.journal().get("operation")]
    for _ in range(4):
        await_so("the journal changes", lambda: rig.journal().get("operation") != seen[-1] or shrunk(rig), 120)
        seen.append(rig.journal().get("operation"))
        operator.kill()
        operator = rig.operator().await_ready()
    await_so("one node is left", lambda: shrunk(rig), 180)
    assert_shrunk_once(rig)


def late_collection(rig: Rig) -> None:
    """A collection of which the leaving node is given the only copy."""
    rig.weaviate.add_collection("Late", {"L1": [node(1)]}, objects=OBJECTS)


def dropped(rig: Rig) -> bool:
    """Whether the leaving node holds nothing any more."""
    return len(rig.weaviate.cluster.dropped_copies) == len(SHARDS)


def before_the_next_look(rig: Rig) -> Callable[[], bool]:
    """The collection is made when the copies are dropped, and the next look sees it."""

    def is_made() -> bool:
        if dropped(rig):
            late_collection(rig)
        return dropped(rig)

    return is_made


def behind_the_last_look(rig: Rig) -> Callable[[], bool]:
    """The collection is made when it was decided that the node goes: right before the schema is read for the last
    time."""
    reads: list[str] = []

    def make(request: str) -> None:
        # A look reads the schema once; what is about to take the node away reads it once more.
        if request == "GET /v1/schema" and is_going(rig):
            reads.append(request)
            if len(reads) == 2:
                late_collection(rig)

    rig.weaviate.on_request = make
    return lambda: len(reads) >= 2


def while_it_goes(rig: Rig) -> Callable[[], bool]:
    """The collection is made when the node's pod is gone, and raft names the node still."""

    def is_made() -> bool:
        gone = not rig.weaviate.cluster.nodes[node(1)].member
        if gone:
            late_collection(rig)
        return gone

    return is_made


def is_going(rig: Rig) -> bool:
    """Whether the step that takes the node away is about to be taken."""
    steps = (rig.journal().get("operation") or {}).get("steps", [])
    return any((step["name"], step["state"]) == ("RemoveNode", "Journalled") for step in steps)


@pytest.mark.parametrize(
    ("when", "was_away"), [(before_the_next_look, False), (behind_the_last_look, False), (while_it_goes, True)]
)
def test_a_node_that_is_given_something_in_the_last_moment_stays(
    rig: Rig, when: Callable[[Rig], Callable[[], bool]], was_away: bool
) -> None:
    serve(rig)
    claim, pod = claim_uid(rig), pod_uid(rig)
    ask_for_one(rig)
    life = Life(rig, epoch=2)
    life.until("the collection is made", when(rig))
    life.until("it is given up", lambda: ended(rig))
    assert life.looks[-1].plan.reason == "StillHoldsData", life.looks[-1].plan.message
    assert history(rig) == [("ScaleIn", "Failed")]
    assert "Late/L1" in rig.journal()["history"][0]["message"]
    life.until("the node serves again", lambda: node(1) in rig.serving())
    life.end()
    assert nodes(rig) == 2
    assert (pod_uid(rig) != pod) == was_away
    assert claim_uid(rig) == claim
    assert rig.weaviate.cluster.forgotten_nodes == []
    assert held(rig, node(0)) == dict.fromkeys(SHARDS, OBJECTS)
    assert held(rig, node(1)) == {"L1": OBJECTS}


def test_a_node_that_is_added_again_gets_another_volume(rig: Rig) -> None:
    serve(rig)
    first = claim_uid(rig)
    ask_for_one(rig)
    shrinking = Life(rig, epoch=2)
    shrinking.until("one node is left", lambda: shrunk(rig))
    shrinking.end()
    rig.spare_volume(1)
    rig.apply_tier(nodes={"min": 2, "max": 2}, copies={"min": 2, "max": 2})
    nodes_at_deletion: list[int] = []

    def note(verb: str, kind: str, status: int) -> None:
        if (verb, kind) == ("DELETE", kinds.VOLUME_CLAIM.name):
            nodes_at_deletion.append(nodes(rig))

    growing = Life(rig, 3, connect(rig.kubeconfig, on_request=note))
    growing.until("both nodes serve", lambda: ended(rig) and rig.serving() == BOTH, looks=400)
    growing.end()
    assert history(rig) == [("ScaleIn", "Succeeded"), ("ScaleOut", "Succeeded")]
    assert claim_uid(rig) not in {first, None}
    assert nodes_at_deletion == [1], "the old volume goes once, and before there is a node again"
    assert held(rig, node(0)) == held(rig, node(1)) == dict.fromkeys(SHARDS, OBJECTS)


def test_the_volume_goes_after_its_time_and_then_nothing_more_is_written(rig: Rig) -> None:
    serve(rig)
    ask_for_one(rig)
    life = Life(rig, epoch=2)
    life.until("one node is left", lambda: shrunk(rig))
    hold(rig, life)
    assert claim_uid(rig) is not None
    rig.clock.hurry(KEPT_SECONDS)
    life.until("the volume is gone", lambda: claim_uid(rig) is None)
    life.until("that is done", lambda: ended(rig))
    hold(rig, life)
    life.end()
    assert history(rig) == [("ScaleIn", "Succeeded"), ("Purge", "Succeeded")]
    assert held(rig, node(0)) == dict.fromkeys(SHARDS, OBJECTS)


def test_a_volume_that_only_a_new_leader_has_marked_is_not_deleted_by_the_former_one(rig: Rig) -> None:
    serve(rig)
    ask_for_one(rig)
    life = Life(rig, epoch=2)
    life.until("one node is left", lambda: shrunk(rig))
    life.end()
    old, uid = look(rig), claim_uid(rig)
    action = PurgeVolume(index=0, node=node(1), claim=f"data-{node(1)}", uid=uid or "")
    take_over(rig)
    operator = connect(rig.kubeconfig)
    with pytest.raises(ConflictError):
        purge_volume(operator, old, action)
    claim = rig.claim(1)
    assert claim is not None
    assert "deletionTimestamp" not in claim["metadata"]
    assert purge_volume(operator, look(rig), action), "the new one may"
    await_so("it is gone", lambda: rig.claim(1) is None)
    assert not purge_volume(operator, old, action), "nothing is there any more"


def pause(rig: Rig, value: str | None) -> None:
    """Sets the annotation, or takes it away."""
    rig.admin.patch(rig.tier(), {"metadata": {"annotations": {PAUSE_SCALE_IN_ANNOTATION: value}}})


@pytest.mark.parametrize(
    ("is_so", "copies_dropped"),
    [
        (lambda rig: node(1) not in rig.serving(), 0),
        (lambda rig: bool(rig.weaviate.cluster.dropped_copies), 1),
    ],
    ids=["drained", "a copy was dropped"],
)
def test_a_pause_keeps_what_there_is_left(rig: Rig, is_so: Callable[[Rig], bool], copies_dropped: int) -> None:
    serve(rig)
    ask_for_one(rig)
    life = Life(rig, epoch=2)
    life.until("it is under way", lambda: is_so(rig))
    pause(rig, "true")
    rig.clock.hurry(120.0)
    hold(rig, life)
    assert life.looks[-1].plan.reason == "Paused"
    assert len(rig.weaviate.cluster.dropped_copies) == copies_dropped
    assert nodes(rig) == 2
    assert rig.journal()["operation"]["kind"] == "ScaleIn"
    pause(rig, None)
    life.until("it goes on", lambda: shrunk(rig))
    life.end()
    assert_shrunk_once(rig)
