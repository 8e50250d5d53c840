"""A Weaviate node that is killed, hangs or loses its network: the one that is copied from, the one that is copied to,
the one that leaves, or one that has nothing to do with it."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable

from tests.chaos.faults.fault import Fault, Stage
from tests.chaos.nodes import MissedError, Nodes
from tests.chaos.subject import Direction
from tests.e2e.faults import cut_off, kill_pod, weaviate_process

STATES = ("REGISTERED", "HYDRATING", "FINALIZING", "INTEGRATING")
"""Of a movement that is under way."""
LEAVING = ("Drain", "DropCopy", "RemoveNode", "RemoveFromRaft")
"""Steps of a node that is taken away."""
RESTARTING = ("Drain", "RestartNode", "AwaitNode")
"""Steps of a node that is restarted, the youngest first."""
FROZEN_SECONDS = 20.0
CUT_SECONDS = 25.0
_BEGUN_SECONDS = 240.0
Harm = Callable[[Stage, str], None]

_ROLES = (
    (Direction.IN, "leaving node", 2, LEAVING[:2]),
    (Direction.IN, "remaining node", 1, LEAVING),
    (Direction.IN, "voter", 0, LEAVING),
    (Direction.RESTART, "node", 2, ("Drain", "Warm")),
    (Direction.RESTART, "other node", 1, RESTARTING),
    (Direction.RESTART, "voter", 0, RESTARTING),
)
"""Who it may be, and in which steps: by the end of some, the node is gone."""


def node_faults() -> list[Fault]:
    """Every role in every harm, at each moment."""
    found = []
    for harm in (killed, frozen, cut):
        for role in ("source", "target", "bystander"):
            found += [_in_movement(role, harm, state) for state in STATES]
        for direction, role, ordinal, steps in _ROLES:
            found += [_in_step(direction, role, ordinal, harm, step) for step in steps]
    return found


def killed(stage: Stage, node: str) -> None:
    """Its process ends at once, and its pod with it."""
    pod = _pod(stage, node)
    with contextlib.suppress(ProcessLookupError):
        os.kill(weaviate_process(pod), signal.SIGKILL)
    kill_pod(stage.subject.cluster, stage.subject.tier.namespace, node)


def frozen(stage: Stage, node: str) -> None:
    """Its process is stopped for a while, with its connections open."""
    process = weaviate_process(_pod(stage, node))
    os.kill(process, signal.SIGSTOP)
    try:
        time.sleep(FROZEN_SECONDS)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGCONT)


def cut(stage: Stage, node: str) -> None:
    """Nothing reaches it and nothing leaves it, long enough for the others to give it up."""
    with cut_off(stage.subject.cluster, _pod(stage, node), CUT_SECONDS):
        pass


_NAMES: dict[Harm, str] = {killed: "killed", frozen: "frozen", cut: "cut off"}


def _in_movement(role: str, harm: Harm, state: str) -> Fault:
    def strike(stage: Stage) -> None:
        nodes = _with_newcomer(stage)
        movement = nodes.await_movement(state, _BEGUN_SECONDS)
        others = {"source": movement.source, "target": movement.target}
        victim = others.get(role) or next(name for name in nodes.names if name not in others.values())
        _do(stage, harm, victim, f"{role} {victim} while a movement was {state}")

    return Fault(f"{role} {_NAMES[harm]}", state, Direction.OUT, strike)


def _in_step(direction: Direction, role: str, ordinal: int, harm: Harm, step: str) -> Fault:
    def strike(stage: Stage) -> None:
        stage.toll.await_write(f"journal: {step} Journalled", stage.began, _BEGUN_SECONDS)
        victim = stage.subject.node(ordinal)
        _do(stage, harm, victim, f"{role} {victim} in the step {step}")

    return Fault(f"{role} {_NAMES[harm]}", step, direction, strike)


def _do(stage: Stage, harm: Harm, victim: str, words: str) -> None:
    stage.invariants.struck.add(victim)
    try:
        harm(stage, victim)
    except AssertionError as error:  # no such process: the node was gone already
        raise MissedError(str(error)) from error
    stage.hits.append(words)


def _with_newcomer(stage: Stage) -> Nodes:
    """The nodes as soon as the operator is about to copy: by then the one that was added has its address."""
    stage.toll.await_write("journal: Copy Journalled", stage.began, _BEGUN_SECONDS)
    return Nodes(stage.subject)


def _pod(stage: Stage, node: str) -> dict[str, object]:
    return stage.subject.tier.node(int(node.rpartition("-")[2]))
