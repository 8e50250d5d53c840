"""What came of a plan."""

from vectortier.model.value import Value


class ActionOutcome(Value):
    """Whether the action was carried out. A refused or failed action is retried by the next look at the world."""

    action: str | None = None
    done: bool = True
    reason: str = ""
    message: str = ""
    writes: int = 0
