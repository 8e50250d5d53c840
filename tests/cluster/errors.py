"""The one error that this package shows to a person."""

from __future__ import annotations


class ClusterError(Exception):
    """Something is wrong with the machine, a build or the cluster: one sentence, and what to do about it.

    `details` are the last words of a program, on lines of their own below.
    """

    def __init__(self, problem: str, remedy: str = "", details: str = "") -> None:
        super().__init__(problem, remedy, details)
        self.problem = problem
        self.remedy = remedy
        self.details = details

    def __str__(self) -> str:
        sentence = f"{self.problem} {self.remedy}".strip()
        return f"{sentence}\n{self.details}" if self.details else sentence
