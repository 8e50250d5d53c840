"""Which loads, settings and policies meet. All policies do at the base setting; at the others those that are compared.

Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.benchmarks.control.loads.catalogue import LOADS
from tests.benchmarks.control.policies import HPA, OPTIMUM, OURS, POLICIES
from tests.benchmarks.control.settings import BASE, SETTINGS

COMPARED = (OURS, HPA, OPTIMUM)
"""The policies of the other settings, beside the fixed targets that were best at the base setting."""


@dataclass(frozen=True)
class Run:
    """One simulation, by names."""

    load: str
    setting: str
    policy: str


@dataclass(frozen=True)
class Selection:
    """What was asked for on the command line; an empty tuple is all."""

    loads: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()

    def first(self) -> list[Run]:
        """What can be run at once: the base setting, and policies that were named."""
        return [run for run in self._runs(POLICIES) if self.policies or run.setting == BASE]

    def then(self, best: Sequence[str]) -> list[Run]:
        """What is run at the other settings when the best fixed targets are known."""
        return [] if self.policies else [run for run in self._runs((*COMPARED, *best)) if run.setting != BASE]

    def _runs(self, policies: Sequence[str]) -> Iterator[Run]:
        for setting in _chosen(tuple(SETTINGS), self.settings):
            for load in _chosen(tuple(LOADS), self.loads):
                for policy in _chosen(POLICIES, self.policies or tuple(policies)):
                    yield Run(load, setting, policy)


def in_order(runs: Sequence[Run]) -> list[Run]:
    """The order of the tables, however they were run."""
    names = (tuple(SETTINGS), tuple(LOADS), POLICIES)
    return sorted(runs, key=lambda run: tuple(map(tuple.index, names, (run.setting, run.load, run.policy))))


def longest_first(runs: Sequence[Run]) -> list[Run]:
    """The order in which they are begun, so that no long one is left for the end; our policy looks most often."""
    return sorted(runs, key=lambda run: (-LOADS[run.load].seconds, run.policy != OURS))


def _chosen(known: Sequence[str], asked_for: Sequence[str]) -> list[str]:
    return [name for name in known if not asked_for or name in asked_for]
