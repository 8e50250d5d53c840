"""What the policy has learned of one tier: explicit values, given to a decision and handed on by it."""

from typing import Literal

from vectortier.model.value import Value


class Learned(Value):
    """Parameters that a decision is made with, besides the spec and the observation. A new tier has the defaults."""

    version: Literal[1] = 1
    at: float = 0.0
    """Unix seconds of the last interval that was learned from; 0: none."""
