"""Searches whose answers are known: one that lacks a document without an error has silently missed a shard."""

from __future__ import annotations

import threading
import time
from collections import Counter
from types import TracebackType
from typing import Any

import numpy
import requests

from tests.chaos.subject import SECTION, Subject, steady_vectors
from tests.e2e.documents import COLLECTION
from tests.objects import wait_for
from tests.tiers import REST_PORT

DEADLINE_SECONDS = 30.0
_LIMIT = 10
_QUERIES = 40
_LEAST_GAP = 1e-4
"""Between the distances of the last document that is found and the first that is not: no rounding changes that."""


class Reads:
    """Searches at a steady pace, one after the other, while the block runs. A filter leaves only documents that never
    change, and few enough that Weaviate compares them all, so the answer is exact."""

    def __init__(self, subject: Subject, per_second: float = 8.0) -> None:
        self._pause = 1 / per_second
        self._url = f"http://{subject.tier.address}:{REST_PORT}/v1/graphql"
        self._headers = {"Authorization": f"Bearer {subject.key}"}
        self._asked = _queries()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.answered = 0
        self.partial: list[str] = []
        """Searches that were answered without an error and not in full."""
        self.failures: Counter[str] = Counter()

    def __enter__(self) -> Reads:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join(DEADLINE_SECONDS + 10)

    def await_more(self, more: int, timeout: float = 90.0) -> None:
        """Wait until so many more searches were answered."""
        enough = self.answered + more
        text = f"{more} more answers; failures: {dict(self.failures)}"
        wait_for(text, lambda: True if self.answered >= enough else None, timeout)

    def _run(self) -> None:
        with requests.Session() as session:
            session.headers.update(self._headers)
            number = 0
            while not self._ending.is_set():
                began = time.monotonic()
                self._search(session, *self._asked[number % len(self._asked)])
                number += 1
                self._ending.wait(max(0.0, began + self._pause - time.monotonic()))

    def _search(self, session: requests.Session, query: dict[str, Any], expected: set[str]) -> None:
        try:
            answer = session.post(self._url, json=query, timeout=DEADLINE_SECONDS)
            body: dict[str, Any] = answer.json() if answer.status_code == 200 else {"errors": f"{answer.status_code}"}
        except (requests.RequestException, ValueError) as error:
            self.failures[type(error).__name__] += 1
            return
        if body.get("errors"):
            self.failures[str(body["errors"])[:200]] += 1
            return
        found = {document["name"] for document in body["data"]["Get"][COLLECTION]}
        self.answered += 1
        if found != expected:
            self.partial.append(f"{sorted(expected - found)} missing")


def _queries() -> list[tuple[dict[str, Any], set[str]]]:
    """Searches with the names of what they find, by cosine distance."""
    stored = numpy.array(steady_vectors())
    stored /= numpy.linalg.norm(stored, axis=1, keepdims=True)
    found = []
    for number in range(len(stored)):
        distances = 1 - stored @ stored[number]
        nearest = numpy.argsort(distances)
        if distances[nearest[_LIMIT]] - distances[nearest[_LIMIT - 1]] > _LEAST_GAP:
            query = _query([float(value) for value in stored[number]])
            found.append((query, {f"steady-{n}" for n in nearest[:_LIMIT]}))
    return found[:_QUERIES]


def _query(vector: list[float]) -> dict[str, Any]:
    near = f"nearVector: {{vector: {vector}}}"
    where = f'where: {{path: ["section"], operator: Equal, valueText: "{SECTION}"}}'
    return {"query": f"{{ Get {{ {COLLECTION}(limit: {_LIMIT}, {near}, {where}) {{ name }} }} }}"}
