"""Drain: the node is sent nothing more, and goes on living: if the others cannot do without it, it is back at once."""

from vectortier.api.reasons import Reason
from vectortier.decide.facts.holders import held_by
from vectortier.decide.rules.obstacles import OBSTACLES
from vectortier.decide.rules.restart import stands_in_the_way
from vectortier.decide.ruling import Ruling, first_hold
from vectortier.decide.steps.at import At, blind, blocked, complete, give_back, journal, wait
from vectortier.model.journal import RESTARTS, OperationKind
from vectortier.model.load import BUDGET
from vectortier.model.value import Unknown

WATCH_SECONDS = 30.0
"""How long the others do without it, where the last scrape interval alone is known; elsewhere it is as long as the
short window, in which the searches from before have to be outweighed."""
PATIENCE_SECONDS = 300.0
"""How long a node that could serve is kept from serving while it is not seen how the others do."""


def drain(at: At) -> Ruling:
    """Done once the others have answered in time without it."""
    done = _needless(at)
    if done is not None:
        return done
    unseen = blind(at, "taken away")
    if unseen is not None and not _goes_anyway(at):
        return _unseen(at, unseen)
    return _watched(at) if at.journalled else _begin(at)


def _needless(at: At) -> Ruling | None:
    pod = at.facts.pod(at.target)
    if at.operation.kind in RESTARTS and pod is not None and not pod.outdated:
        return complete(at, f"{at.target} was made from the spec as it is now")
    if not at.journalled and not _serves(at) and not held_by(at.facts.database, at.target):
        return complete(at, f"{at.target} serves nobody and holds nothing")
    return None


def _unseen(at: At, unseen: Ruling) -> Ruling:
    if at.journalled and at.seconds > PATIENCE_SECONDS:
        return give_back(at, Reason.NEEDED_AFTER_ALL, f"{unseen.message}, for {at.seconds:.0f} s")
    return unseen


def _begin(at: At) -> Ruling:
    obstacle = _obstacle(at)
    if obstacle is not None:
        return blocked(at, obstacle)
    if at.operation.kind is OperationKind.RESTART and at.facts.verdict.missed_now:
        return wait(at, f"the next node waits until searches are in time: {at.facts.verdict.message}")
    return journal(at)


def _serves(at: At) -> bool:
    return any(e.pod == at.target for e in at.facts.journal.serving)


def _obstacle(at: At) -> Ruling | None:
    """A node that is only restarted does not need the others to run the same version."""
    if at.operation.kind in RESTARTS:
        return stands_in_the_way(at.facts, at.target)
    return first_hold(OBSTACLES, at.facts)


def _watched(at: At) -> Ruling:
    if _serves(at) and at.seconds > PATIENCE_SECONDS:
        text = f"nobody else could serve in the place of {at.target}, for {at.seconds:.0f} s"
        return give_back(at, Reason.NEEDED_AFTER_ALL, text)
    if _serves(at):
        return wait(at, f"searches are still sent to {at.target}")
    needed = _watch_seconds(at)
    if at.seconds < needed:
        return wait(at, f"the others do without {at.target}, for {at.seconds:.0f} s of {needed:.0f} s")
    late = _late_lately(at)
    if late is not None and late > BUDGET and not _goes_anyway(at):
        return wait(at, f"{late:.1%} of the last searches were late without {at.target}; it goes once they are in time")
    return complete(at, f"the others have done without {at.target} for {at.seconds:.0f} s")


def _goes_anyway(at: At) -> bool:
    """An upgrade cannot wait for ever: nothing else can be done while the nodes run different images."""
    waited = at.seconds if at.journalled else at.waiting_seconds
    return at.operation.kind is OperationKind.UPGRADE and waited > PATIENCE_SECONDS


def _watch_seconds(at: At) -> float:
    if _late_lately(at) is not None:
        return WATCH_SECONDS
    return float(at.facts.spec.damping.windows.short_seconds)


def _late_lately(at: At) -> float | None:
    """The share of the last scrape interval's searches that were late, 0..1; None: not known."""
    load = at.facts.load
    return None if isinstance(load, Unknown) or load.instant is None else load.instant.bad_fraction
