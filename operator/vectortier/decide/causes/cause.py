"""One reason why searches are slow."""

from dataclasses import dataclass

from vectortier.api.reasons import Reason


@dataclass(frozen=True)
class Cause:
    """What slows searches down: one of the reasons Saturation, WriteStorm, MovementInFlight, ColdCopy, SickNode,
    HotCollection and CauseUnknown, with its evidence in numbers. `node` or `collection` is the one to look at.
    `nodes_help` is whether more nodes or copies would cure what is left when the other causes are gone."""

    kind: Reason
    evidence: str
    node: str | None = None
    collection: str | None = None
    nodes_help: bool = False
