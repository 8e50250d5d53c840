"""Which fault comes next, and what all campaigns so far have come to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.faults.catalogue import NOTHING, OPERATOR_DIES, OPERATOR_STOPPED, catalogue
from tests.chaos.faults.fault import Coverage, Fault
from tests.chaos.run import Outcome
from tests.chaos.subject import Direction
from tests.demo.machine import about

_LIKELIER = {OPERATOR_DIES: 4, OPERATOR_STOPPED: 3}
"""So many runs of these count as one: each covers a few writes out of many."""
_ONCE_EACH = ("operator killed", "operator stopped and woken", "API server hangs", "answers late", "answers refused")
"""After these every change has to have been made as often as without a fault."""
_PURGE = "DELETE persistentvolumeclaims"
"""Whether there is an old volume depends on the runs before: the first growth of a tier finds none."""


@dataclass
class Campaigns:
    """The file's content: every run that there was, and at which moments something was done."""

    log: list[dict[str, Any]] = field(default_factory=list)
    coverage: Coverage = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Campaigns:
        """What earlier campaigns have left; nothing where there is no file."""
        if not path.exists():
            return cls()
        found = json.loads(path.read_text())
        return cls(found["log"], found["coverage"])

    def write(self, path: Path) -> None:
        """Totals, a row for each fault, and every run."""
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {**about("make chaos"), **totals(self.runs), "faults": self.by_fault()}
        content |= {"coverage": self.coverage, "log": self.log}
        path.write_text(json.dumps(content, indent=1) + "\n")

    @property
    def runs(self) -> list[dict[str, Any]]:
        """Those in which the fault has happened."""
        return [entry for entry in self.log if not entry["missed"]]

    def by_fault(self) -> dict[str, dict[str, int]]:
        """Totals for each kind of fault and operation."""
        names = dict.fromkeys(f"{entry['operation']}: {entry['fault']}" for entry in self.runs)
        return {name: totals([e for e in self.runs if f"{e['operation']}: {e['fault']}" == name]) for name in names}

    def next(self, faults: Sequence[Fault], direction: Direction) -> Fault:
        """The one of a direction that was tried least: first by what goes wrong, in any operation and in this one, then
        by when. The first of all is undisturbed, and so is every one of a direction of which no fault is wanted."""
        anywhere = Counter(entry["kind"] for entry in self.log)
        kinds = Counter((entry["operation"], entry["kind"]) for entry in self.log)
        whens = Counter((entry["operation"], entry["when"]) for entry in self.log)
        names = Counter((entry["operation"], entry["fault"]) for entry in self.log)

        def tried(fault: Fault) -> tuple[int, int, int, int]:
            counts = anywhere[fault.kind], kinds[fault.direction, fault.kind]
            kind, here = (count // _LIKELIER.get(fault.kind, 1) for count in counts)
            return kind, here, names[fault.direction, fault.name], whens[fault.direction, fault.when]

        of_direction = [f for f in (*faults, *catalogue()) if f.direction is direction]
        plain = next(f for f in of_direction if f.kind == NOTHING)
        disturbed = [f for f in faults if f.direction is direction and f.kind != NOTHING]
        return min(disturbed, key=tried) if disturbed and kinds[direction, NOTHING] else plain

    def add(self, outcome: Outcome) -> dict[str, Any]:
        """Note a run. What it changed more or less often than a run without a fault is noted with it."""
        entry = _entry(outcome)
        plain = next((e for e in self.log if e["kind"] == NOTHING and e["operation"] == entry["operation"]), None)
        if plain is not None and entry["kind"] in _ONCE_EACH and not _as_often(entry, plain):
            told = f"{entry['effects']}, and without an answer {entry['unanswered']}"
            entry["broken"].append(f"changes are {told}; without a fault {plain['effects']}")
        self.log.append(entry)
        return entry


def _as_often(entry: dict[str, Any], plain: dict[str, Any]) -> bool:
    """Whether every change was made as often as without a fault, and an old volume purged at most once. One that was
    not answered, or too late, may have been made."""
    made, unanswered, wanted = entry["effects"], entry["unanswered"], plain["effects"]
    names = {*made, *unanswered, *wanted} - {_PURGE}
    within = (made.get(n, 0) <= wanted.get(n, 0) <= made.get(n, 0) + unanswered.get(n, 0) for n in names)
    return made.get(_PURGE, 0) <= 1 and all(within)


def totals(runs: Sequence[dict[str, Any]]) -> dict[str, int]:
    """What so many runs came to."""
    return {
        "runs": len(runs),
        "lost": sum(len(entry["lost"]) for entry in runs),
        "changed": sum(len(entry["changed"]) for entry in runs),
        "silent_partial": sum(len(entry["silent_partial"]) for entry in runs),
        "converged": sum(entry["converged"] for entry in runs),
        "broken": sum(len(entry["broken"]) for entry in runs),
        "failed_searches": sum(entry["failed_searches"] for entry in runs),
        "searches": sum(entry["searches"] for entry in runs),
        "acknowledged": sum(entry["acknowledged"] for entry in runs),
    }


def _entry(outcome: Outcome) -> dict[str, Any]:
    fault = outcome.fault
    return {
        "fault": fault.name,
        "kind": fault.kind,
        "when": fault.when,
        "operation": str(fault.direction),
        "missed": outcome.missed,
        "hits": list(outcome.hits),
        "seconds": outcome.seconds,
        "searches": outcome.answered + outcome.failed_searches,
        "failed_searches": outcome.failed_searches,
        "silent_partial": list(outcome.partial),
        "acknowledged": outcome.acknowledged,
        "failed_writes": outcome.failed_writes,
        "lost": list(outcome.evidence.lost),
        "changed": list(outcome.evidence.changed),
        "behind": list(outcome.evidence.behind),
        "broken": list(outcome.broken),
        "converged": outcome.converged,
        "lacking": outcome.lacking,
        "asked_again": outcome.asked,
        "effects": outcome.effects,
        "unanswered": outcome.unanswered,
        "operations": list(outcome.operations),
    }
