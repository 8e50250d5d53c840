"""The queue: each object once, never in two hands, later after failures."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vectortier.runtime.queue import Key, WorkQueue

A, B = Key("VectorTier", "search", "a"), Key("VectorTier", "search", "b")


def test_an_object_that_is_woken_twice_is_taken_once() -> None:
    queue = WorkQueue()
    queue.wake(A, 0.0)
    queue.wake(A, 1.0)
    assert queue.take(2.0) == (A, 2.0)
    assert queue.take(2.0) is None


def test_an_event_during_a_look_brings_another_look_afterwards_not_at_the_same_time() -> None:
    queue = WorkQueue()
    queue.wake(A, 0.0)
    queue.take(0.0)
    queue.wake(A, 1.0)
    assert queue.take(1.0) is None, "it is in somebody's hands"
    assert queue.woken(A)
    queue.done(A, 2.0, again_after=15.0)
    assert queue.take(2.0) == (A, 0.0)


def test_an_object_that_is_done_comes_back_when_asked_and_sooner_when_woken() -> None:
    queue = WorkQueue()
    queue.wake(A, 0.0)
    queue.take(0.0)
    queue.done(A, 0.0, again_after=15.0)
    assert queue.take(14.9) is None
    queue.wake(A, 5.0)
    assert queue.take(5.0) == (A, 0.0)
    queue.done(A, 5.0, again_after=15.0)
    assert queue.take(15.0) is None, "the first plan is void"
    assert queue.take(20.0) == (A, 0.0)


def test_an_object_that_is_gone_is_forgotten() -> None:
    queue = WorkQueue()
    queue.wake(A, 0.0)
    queue.take(0.0)
    queue.done(A, 0.0, again_after=None)
    assert queue.keys() == ()
    assert queue.take(1e9) is None


def test_failures_wait_longer_each_time_up_to_a_bound_and_a_success_starts_anew() -> None:
    queue = WorkQueue(base_seconds=1.0, max_seconds=8.0)
    now, delays = 0.0, []
    queue.wake(A, now)
    for _ in range(6):
        queue.take(now)
        delays.append(queue.failed(A, now, jitter=1.0))
        now += delays[-1]
    assert delays == [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    queue.take(now)
    queue.done(A, now, again_after=0.0)
    queue.take(now)
    assert queue.failed(A, now, jitter=0.0) == 0.5


def test_an_event_does_not_shorten_the_wait_after_a_failure_that_it_preceded() -> None:
    queue = WorkQueue(base_seconds=4.0)
    queue.wake(A, 0.0)
    queue.take(0.0)
    queue.wake(A, 0.0)
    queue.failed(A, 0.0, jitter=1.0)
    assert queue.take(3.9) is None
    assert queue.take(4.0) == (A, 0.0)


def test_depth_counts_who_waits() -> None:
    queue = WorkQueue()
    queue.wake(A, 0.0)
    queue.wake(B, 0.0)
    assert queue.depth(0.0) == 2
    queue.take(0.0)
    assert queue.depth(0.0) == 1


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["wake", "take", "done", "fail", "forget"]), st.sampled_from([A, B]), st.floats(0, 30)
        ),
        max_size=80,
    )
)
def test_whatever_happens_an_object_is_in_one_hand_and_a_woken_one_is_never_lost(
    events: list[tuple[str, Key, float]],
) -> None:
    queue, now, held, owed = WorkQueue(), 0.0, set(), set()
    for what, key, seconds in events:
        now += seconds
        if what == "wake":
            queue.wake(key, now)
            owed.add(key)
        elif what == "take" and (taken := queue.take(now)):
            assert taken[0] not in held
            held.add(taken[0])
            owed.discard(taken[0])
        elif key in held:
            held.discard(key)
            if what == "fail":
                queue.failed(key, now, 0.5)
                owed.add(key)
            else:
                queue.done(key, now, None if what == "forget" else 5.0)
    for key in held:
        queue.done(key, now, None)
    later = now + 1000.0
    found = set()
    while taken := queue.take(later):
        found.add(taken[0])
    assert owed <= found
