"""After a run: whether every document that was acknowledged is where it should be, with the content that it had."""

from __future__ import annotations

import time
from dataclasses import dataclass

import requests

from tests.chaos.nodes import Nodes
from tests.chaos.subject import STEADY, Subject
from tests.cluster import ClusterError
from tests.e2e.documents import documents_on
from tests.e2e.writes import Writes

_REPAIRED_SECONDS = 240.0
"""Weaviate repairs copies that differ by itself, some time after a node is back."""
_PAUSE_SECONDS = 3.0
_MISSING = "it is missing"


@dataclass(frozen=True)
class Evidence:
    """In words, one for each document. `lost`: no copy has it; `changed`: no copy has it as it was acknowledged;
    `behind`: some copy has not, others have."""

    lost: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether every copy has everything."""
        return not (self.lost or self.changed or self.behind)


def examine(subject: Subject, writes: Writes) -> Evidence:
    """Compare every copy with what was acknowledged, again and again until they agree or Weaviate's time for repairs
    is over. Nobody writes meanwhile."""
    end = time.monotonic() + _REPAIRED_SECONDS
    while True:
        found = _compare(subject, writes)
        if found is not None and (found.whole or time.monotonic() > end):
            return found
        if time.monotonic() > end:
            raise TimeoutError("no node could be asked for its documents")
        time.sleep(_PAUSE_SECONDS)


def _compare(subject: Subject, writes: Writes) -> Evidence | None:
    """None: not every node that holds a copy answers."""
    try:
        holders = sorted({name for names in Nodes(subject).placement().values() for name in names})
        wrong = [_wrong(subject, int(name.rpartition("-")[2]), writes) for name in holders]
    except (requests.RequestException, ClusterError, KeyError, TypeError):
        return None
    nowhere = set.intersection(*wrong)
    lost = {problem for problem in nowhere if problem.endswith(_MISSING)}
    return Evidence(_told(lost), _told(nowhere - lost), _told(set.union(*wrong) - nowhere))


def _wrong(subject: Subject, ordinal: int, writes: Writes) -> set[str]:
    documents = documents_on(subject.tier, ordinal)
    names = {document["properties"]["name"] for document in documents.values()}
    steady = {f"steady-{n}: {_MISSING}" for n in range(STEADY) if f"steady-{n}" not in names}
    return set(writes.wrong(documents)) | steady


def _told(problems: set[str]) -> tuple[str, ...]:
    return tuple(sorted(problems))
