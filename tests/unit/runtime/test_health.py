"""Probes: what is stuck, silent or dead shows, and what is merely quiet does not."""

from __future__ import annotations

from vectortier.runtime.health import Health, WatchTruth
from vectortier.runtime.queue import Key

A = Key("VectorTier", "search", "a")


def health(started: dict[Key, float] | None = None, beat: float = 1000.0) -> Health:
    return Health(started=lambda: started or {}, election_beat=lambda: beat, watches=WatchTruth())


def test_a_quiet_process_is_alive() -> None:
    assert health().problems(1000.0) == []


def test_a_look_that_does_not_end_is_named() -> None:
    assert "search/a" in health({A: 500.0}).problems(1000.0)[0]
    assert health({A: 990.0}).problems(1000.0) == []


def test_an_election_that_is_not_taken_part_in_is_a_problem() -> None:
    assert health(beat=900.0).problems(1000.0) == ["the election is not taken part in any more"]


def test_a_part_that_ended_is_a_problem_and_makes_it_unready() -> None:
    found = health()
    found.watching = True
    assert found.ready()
    found.failure = "the watches have ended"
    assert not found.ready()
    assert found.problems(1000.0) == ["the watches have ended"]


def test_it_is_ready_only_when_it_watches() -> None:
    assert not health().ready()


def test_a_watch_that_announces_nothing_of_what_a_list_shows_is_dead() -> None:
    watches = WatchTruth()
    watches.announce(A, "1")
    assert watches.compare({A: "1"}, 0.0) == ()
    assert watches.compare({A: "2"}, 30.0) == (A,)
    assert watches.compare({A: "2"}, 60.0) == (A,)
    assert watches.problem(61.0) is None
    assert watches.compare({A: "3"}, 90.0) == (A,)
    assert "search/a" in (watches.problem(91.0) or "")


def test_a_watch_that_lags_a_little_is_not_dead() -> None:
    watches = WatchTruth()
    for second in range(0, 600, 30):
        watches.announce(A, str(second))
        assert watches.compare({A: str(second + 1)}, float(second)) == (A,)
    assert watches.problem(600.0) is None


def test_an_object_that_is_gone_is_no_problem() -> None:
    watches = WatchTruth()
    watches.announce(A, "1")
    watches.compare({A: "2"}, 0.0)
    watches.forget(A)
    assert watches.problem(1e6) is None
    assert watches.known() == ()


def test_an_object_whose_end_was_not_announced_is_gone_after_two_lists_without_it() -> None:
    watches = WatchTruth()
    watches.announce(A, "1")
    assert watches.vanished({}) == (), "it may have come after the list was made"
    assert watches.vanished({A: "1"}) == ()
    assert watches.vanished({}) == ()
    assert watches.vanished({}) == (A,)


def test_an_object_in_a_namespace_that_may_not_be_read_is_not_gone() -> None:
    watches = WatchTruth()
    watches.announce(A, "1")
    for _ in range(3):
        assert watches.vanished({}, frozenset({A.namespace})) == ()
