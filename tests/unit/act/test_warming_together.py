"""Several nodes are warmed at the same time, and each result is written down once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import pytest

from vectortier.act.background import Background
from vectortier.act.lock import lock_name
from vectortier.act.ownership import EPOCH_ANNOTATION, Term
from vectortier.act.plan import Tools, act
from vectortier.act.warm import Warmth
from vectortier.api.status import VectorTierStatus
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.model.journal import Journal, Operation, OperationKind, Step, StepName, StepState
from vectortier.model.observation import Identity
from vectortier.model.plan import Plan, WarmNode
from vectortier.observe.journal import journal_name, read_journal
from vectortier.observe.learned import model_name
from vectortier.observe.tier import TierView

TERM = Term(1, "life")
NODES = ("t-weaviate-1", "t-weaviate-2", "t-weaviate-3")


class Kubernetes:
    """Keeps the last journal that was written."""

    written: Any = None

    def replace(self, body: Any) -> None:
        self.written = body


class Client:
    def close(self) -> None:
        """Nothing to leave."""


@dataclass
class Warming:
    """Nodes that are being warmed, each until it is let."""

    begun: list[str] = field(default_factory=list)
    may_end: dict[str, Event] = field(default_factory=lambda: {name: Event() for name in NODES})

    def __call__(self, client: Any, action: WarmNode) -> Warmth:
        self.begun.append(action.node)
        assert self.may_end[action.node].wait(10)
        return Warmth(searches=1, failed=0, settled=True, p99_milliseconds=1.0, seconds=2.0)


def journal() -> Journal:
    steps = tuple(Step(name=StepName.WARM, target=name, state=StepState.JOURNALLED) for name in NODES)
    operation = Operation(id="o", kind=OperationKind.SCALE_OUT, why="d", epoch=1, started_at=1.0, steps=steps)
    return Journal(operation=operation)


def warm_all(done: Journal) -> WarmNode | None:
    """What is proposed: every node that is not warm yet, the first of them with the others beside it."""
    assert done.operation is not None
    actions = [
        WarmNode(index=i, node=step.target or "", ip="198.18.0.1")
        for i, step in enumerate(done.operation.steps)
        if step.state is not StepState.DONE
    ]
    return actions[0].model_copy(update={"beside": tuple(actions[1:])}) if actions else None


@pytest.fixture
def pool() -> Any:
    with ThreadPoolExecutor(4) as made:
        yield made


def test_all_are_begun_at_once_and_whichever_is_warm_is_noted(pool: ThreadPoolExecutor) -> None:
    kubernetes, warming, woken = Kubernetes(), Warming(), Event()
    tier = Identity(namespace="search", name="t", uid="u", generation=1)
    seen = {
        (kind.name, name): {
            "metadata": {"name": name, "resourceVersion": "1", "annotations": {EPOCH_ANNOTATION: TERM.mark}}
        }
        for kind, name in (
            (kinds.CONFIG_MAP, journal_name("t")),
            (kinds.CONFIG_MAP, model_name("t")),
            (kinds.LEASE, lock_name("t")),
        )
    }
    view = TierView({}, tier, None, VectorTierStatus(), seen, None)  # type: ignore[arg-type]
    tools = Tools(kubernetes, Client, Client, warming, Background(pool), woken.set, TERM, 50.0)  # type: ignore[arg-type]

    def look(now: Journal) -> Journal:
        kubernetes.written = None
        act(Plan(action=warm_all(now), reason="r", message="m", nodes=4, copies=4), view, now, tools)
        found = now if kubernetes.written is None else read_journal(kubernetes.written)
        assert isinstance(found, Journal)
        return found

    known = look(journal())
    assert known == journal()
    known = look(known)
    for count, name in enumerate((NODES[1], NODES[2], NODES[0]), start=1):
        woken.clear()
        warming.may_end[name].set()
        assert woken.wait(10)
        known = look(known)
        assert known.operation is not None
        assert known.operation.steps[NODES.index(name)].state is StepState.DONE
        assert sum(step.state is StepState.DONE for step in known.operation.steps) == count
    assert sorted(warming.begun) == list(NODES), "each once"
