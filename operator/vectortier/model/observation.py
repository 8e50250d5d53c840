"""Everything that a decision is made from, read at once."""

from typing import Literal

from pydantic import Field

from vectortier.model.journal import Journal, OperationKind
from vectortier.model.learned import Learned
from vectortier.model.load import Load
from vectortier.model.value import Unknown, Value
from vectortier.model.weaviate import Database
from vectortier.model.workload import Workload


class Identity(Value):
    """Which tier, in which version of its spec."""

    namespace: str
    name: str
    uid: str
    generation: int
    deleting: bool = False
    annotations: dict[str, str] = Field(default_factory=dict)


class Observation(Value):
    """One look at a tier. This is the format of observed.yaml, of recordings and of `plan --observation`.

    `now` is Unix seconds; every age and duration is in seconds.
    """

    version: Literal[1] = 1
    now: float
    tier: Identity
    workload: Workload | Unknown
    database: Database | Unknown
    load: Load | Unknown
    journal: Journal | Unknown
    carries_out: tuple[OperationKind, ...] = tuple(OperationKind)
    """The kinds of operations that can be carried out here; others are only proposed."""
    learned: Learned = Learned()
    """What earlier decisions learned."""
