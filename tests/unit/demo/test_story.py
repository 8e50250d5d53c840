"""The story: when the operator acted, when the last copy served, and what it decided, from looks at the status."""

from __future__ import annotations

from typing import Any

import pytest

from tests.demo.phases import Moments
from tests.demo.story import Look, Story, look
from tests.demo.timeline import Shape

BEGAN_AT = 1_700_000_000.0  # 2023-11-14T22:13:20Z


def status(second: int, nodes: int, copies: int, serving: int, **more: Any) -> Look:
    tier = {"status": {"nodes": nodes, "copies": copies, "servingNodes": serving, **more}}
    return look(tier, float(second), BEGAN_AT)


def decided(clock: str, action: str, reason: str) -> dict[str, Any]:
    return {"time": f"2023-11-14T{clock}Z", "action": action, "reason": reason, "message": "m", "nodes": 2, "copies": 2}


OPERATION = {"id": "a1", "kind": "ScaleOut", "step": 3, "steps": 7, "stepName": "Copy"}
SHRINKING = {"id": "b2", "kind": "ScaleIn", "step": 1, "steps": 4, "stepName": "Drain"}


def scale_out() -> Story:
    story = Story()
    old, hold = decided("22:00:00", "Hold", "NoTraffic"), decided("22:14:20", "Hold", "Stabilizing")
    acts = decided("22:15:00", "ScaleOut", "SLOMissed")
    story.see(status(0, 1, 1, 1, decisions=[old]))
    story.see(status(60, 1, 1, 1, decisions=[hold, old]))
    story.see(status(103, 2, 1, 1, decisions=[acts, hold, old], operation=OPERATION))
    story.see(status(130, 2, 2, 1, decisions=[acts, hold], operation=OPERATION))
    story.see(status(140, 2, 2, 2, decisions=[acts], operation=OPERATION))
    return story


def scale_in(story: Story, second: int, left: int) -> None:
    """One of two nodes is drained, and `left` are there in the end."""
    story.see(status(second, 2, 2, 1, operation=SHRINKING))
    story.see(status(second + 40, 2, 1, 1, operation=SHRINKING))
    story.see(status(second + 60, left, 1, 1, operation=SHRINKING))
    story.see(status(second + 70, left, left, left))


def grown() -> Story:
    """A story whose scale-out is over."""
    story = scale_out()
    story.see(status(145, 2, 2, 2))
    return story


def test_a_status_is_read_as_the_crd_writes_it() -> None:
    seen = status(103, 2, 1, 1, decisions=[decided("22:15:00", "ScaleOut", "SLOMissed")], operation=OPERATION)
    assert (seen.nodes, seen.serving_copies, seen.operation, seen.doing) == (2, 1, "ScaleOut", "ScaleOut 3/7 Copy")
    assert [(one.t, one.action) for one in seen.decisions] == [(100.0, "ScaleOut")]


def test_a_new_tier_has_no_status_yet() -> None:
    assert look({}, 5.0, BEGAN_AT).operation is None


def test_the_first_action_is_when_it_was_decided_not_when_it_was_seen() -> None:
    assert scale_out().first_action == 100.0


def test_a_copy_serves_when_the_gateway_sends_it_searches() -> None:
    story = scale_out()
    assert story.last_copy_serves == 140
    assert story.shapes[-2:] == [Shape(130, 2, 1), Shape(140, 2, 2)]


def test_decisions_are_kept_once_in_order_and_only_of_this_run() -> None:
    assert [(one.t, one.reason) for one in scale_out().decisions] == [(60.0, "Stabilizing"), (100.0, "SLOMissed")]


def test_what_follows_is_measured_150_seconds_after_the_last_copy() -> None:
    story = scale_out()
    assert not story.measured(story.last_copy_serves, 1000)  # the operation is still under way
    story.see(status(145, 2, 2, 2))
    assert not story.measured(story.last_copy_serves, 289.9)
    assert story.measured(story.last_copy_serves, 290)


def test_another_copy_starts_the_wait_anew() -> None:
    story = scale_out()
    story.see(status(280, 3, 2, 2, operation=OPERATION))
    assert not story.measured(story.last_copy_serves, 295)
    story.see(status(320, 3, 3, 3))
    assert not story.measured(story.last_copy_serves, 400)
    assert story.moments(plateau=50).last_copy_serves == 320


def test_the_moments_follow_each_other_when_all_goes_well() -> None:
    story = grown()
    scale_in(story, 600, left=1)
    assert story.moments(50, load_fell=300) == Moments(50, 100.0, 140, 300, 670)


def test_a_scale_in_has_ended_when_nothing_is_under_way_any_more() -> None:
    story = grown()
    story.see(status(600, 2, 2, 1, operation=SHRINKING))
    story.see(status(660, 1, 1, 1, operation=SHRINKING))
    assert story.moments(50, load_fell=300).scaled_in is None
    story.see(status(670, 1, 1, 1))
    assert story.moments(50, load_fell=300).scaled_in == 670
    assert not story.measured(670, 819.9)
    assert story.measured(670, 820)


def test_a_scale_in_that_was_reversed_is_none() -> None:
    story = grown()
    scale_in(story, 600, left=2)
    assert story.scaled_in is None


def test_a_node_that_is_gone_without_a_scale_in_is_none() -> None:
    story = grown()
    story.see(status(600, 1, 1, 1))
    story.see(status(610, 2, 1, 1, operation=OPERATION))
    story.see(status(620, 1, 1, 1))
    assert story.scaled_in is None


def test_a_second_scale_in_starts_the_wait_anew() -> None:
    story = Story()
    story.see(status(590, 3, 3, 3))
    for second, before in ((600, 3), (700, 2)):
        story.see(status(second, before, before, before - 1, operation=SHRINKING))
        story.see(status(second + 60, before - 1, before - 1, before - 1))
    assert story.scaled_in == 760


def test_a_scale_in_from_before_the_load_fell_does_not_count() -> None:
    story = grown()
    scale_in(story, 600, left=1)
    assert story.moments(50, load_fell=700).scaled_in is None
    assert story.moments(50).scaled_in is None


def test_a_copy_that_comes_back_is_not_a_new_one() -> None:
    story = Story()
    for second, serving in ((0, 2), (1, 1), (2, 2)):
        story.see(status(second, 2, 2, serving))
    assert story.last_copy_serves is None


def test_what_could_not_be_read_is_unknown() -> None:
    story = scale_out()
    story.miss(141)
    assert story.shapes[-1] == Shape(141, None, None)


@pytest.mark.parametrize("held", [True, False])
def test_without_an_action_there_is_nothing_to_measure(held: bool) -> None:
    story = Story()
    story.see(status(0, 1, 1, 1))
    assert not story.measured(story.last_copy_serves, 1e6)
    assert story.moments(50.0 if held else None).first_action is None
