"""The one error that this package shows to a person."""

from __future__ import annotations


class ClusterError(Exception):
    """Something is wrong with the machine, a build or the cluster: one sentence, and what to do about it."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem} {self.remedy}".strip()
