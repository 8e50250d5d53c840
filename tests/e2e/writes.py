"""Steady writes at a tier's front door, without retries: what was acknowledged, and what may be there besides."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import requests

from tests.e2e.documents import COLLECTION, COUNT, documents_on, vectors
from tests.objects import wait_for
from tests.tiers import REST_PORT, Tier

DEADLINE_SECONDS = 30.0


class Writes:
    """Documents at a fixed pace while a block runs, half of them new, half of them in the place of an earlier one.

    A write that is not acknowledged may have been carried out or not: then either revision may be found. What was
    written stays known from one block to the next.
    """

    def __init__(self, tier: Tier, per_second: float = 10.0) -> None:
        self._pause = 1 / per_second
        self._url = f"http://{tier.address}:{REST_PORT}/v1/batch/objects"
        self._headers = {"Authorization": f"Bearer {tier.api_key}"}
        self._vectors = vectors()
        self._allowed: dict[int, set[int | None]] = {}
        self._failures: Counter[str] = Counter()
        self._acknowledged = 0

    def __enter__(self) -> Writes:
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join(DEADLINE_SECONDS + 10)
        assert not self._thread.is_alive(), "a write is still out past its deadline"

    @property
    def acknowledged(self) -> int:
        """How many writes Weaviate said that it has."""
        return self._acknowledged

    @property
    def failures(self) -> dict[str, int]:
        """What was not acknowledged, how often, by what was said."""
        return dict(self._failures)

    def await_more(self, more: int, timeout: float = 60.0) -> None:
        """Wait until so many more writes were acknowledged."""
        enough = self._acknowledged + more
        text = f"{more} more writes; failures: {self.failures}"
        wait_for(text, lambda: True if self._acknowledged >= enough else None, timeout)

    def wrong(self, found: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """What is missing of what was acknowledged, or is not as it was written; `found` is by id."""
        return [
            f"written-{number}: {problem}"
            for number, revisions in self._allowed.items()
            if (problem := self._problem(number, revisions, found.get(_id(number)))) is not None
        ]

    def _problem(self, number: int, revisions: set[int | None], found: Mapping[str, Any] | None) -> str | None:
        if found is None:
            return None if None in revisions else "it is missing"
        properties = found["properties"]
        fitting = [r for r in revisions if r is not None and properties == _properties(number, r)]
        if not fitting:
            return f"it is {properties}, and should be of revision {sorted(r for r in revisions if r is not None)}"
        wanted = self._vector(number, fitting[0])
        near = all(abs(a - b) < 1e-6 for a, b in zip(found["vectors"]["default"], wanted, strict=True))
        return None if near else f"its vector is not that of revision {fitting[0]}"

    def _run(self) -> None:
        with requests.Session() as session:
            session.headers.update(self._headers)
            while not self._ending.is_set():
                began, made = time.monotonic(), len(self._allowed)
                self._write(session, made, 0)
                older = made // 2
                self._write(session, older, 1 + max(r for r in self._allowed[older] if r is not None))
                self._ending.wait(max(0.0, began + 2 * self._pause - time.monotonic()))

    def _write(self, session: requests.Session, number: int, revision: int) -> None:
        allowed = self._allowed.setdefault(number, {None})
        allowed.add(revision)
        body = {
            "class": COLLECTION,
            "id": _id(number),
            "properties": _properties(number, revision),
            "vectors": {"default": self._vector(number, revision)},
        }
        trouble = _post(session, self._url, {"objects": [body]})
        if trouble is not None:
            self._failures[trouble] += 1
            return
        self._allowed[number] = {revision}
        self._acknowledged += 1

    def _vector(self, number: int, revision: int) -> list[float]:
        return self._vectors[(number + revision) % COUNT]


def assert_all_there(tier: Tier, writes: Writes, ordinal: int) -> None:
    """Every document that was acknowledged, with the content that was."""
    found = documents_on(tier, ordinal)
    assert writes.wrong(found) == [], writes.failures
    names = {document["properties"]["name"] for document in found.values()}
    assert {f"{n}" for n in range(COUNT)} <= names
    assert len(found) == len(names), "a document is there twice"


def _post(session: requests.Session, url: str, body: Mapping[str, Any]) -> str | None:
    """What went wrong; None when the write was acknowledged."""
    try:
        answer = session.post(url, json=body, timeout=DEADLINE_SECONDS)
    except requests.RequestException as error:
        return type(error).__name__
    if answer.status_code != 200:
        return f"{answer.status_code}: {answer.text[:200]}"
    result = answer.json()[0].get("result") or {}
    return None if not result.get("errors") and result.get("status") == "SUCCESS" else str(result)[:200]


def _id(number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"written-{number}"))


def _properties(number: int, revision: int) -> dict[str, str]:
    return {"name": f"written-{number}", "description": f"revision {revision}", "section": "test"}
