"""Slow reads: late is Unknown, broken is Unknown, and a change of the spec does not wait for either."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from vectortier.model.value import Unknown
from vectortier.observe.look import Reader, SupersededError, look


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """Lets the readers that hang end."""
    event = threading.Event()
    yield event
    event.set()


async def not_superseded() -> bool:
    return False


def read(readers: dict[str, tuple[Reader, str]], seconds: float) -> dict[str, object]:
    pool = ThreadPoolExecutor(4)
    try:
        return asyncio.run(look(readers, pool, seconds, asyncio.Event(), not_superseded))
    finally:
        pool.shutdown(wait=False)


def test_what_answers_is_known_and_what_is_late_is_not(release: threading.Event) -> None:
    found = read({"database": (release.wait, "WeaviateUnreachable"), "load": (lambda: 7, "MetricsUnavailable")}, 0.2)
    assert found["load"] == 7
    late = found["database"]
    assert isinstance(late, Unknown)
    assert (late.reason, late.message) == ("WeaviateUnreachable", "no answer within 0.2 s")


def test_a_reader_that_breaks_is_unknown_with_what_it_said() -> None:
    def broken() -> None:
        raise OSError("no route")

    found = read({"database": (broken, "WeaviateUnreachable")}, 5.0)["database"]
    assert isinstance(found, Unknown)
    assert found.message == "OSError: no route"


@pytest.mark.parametrize("changed", [True, False])
def test_an_event_ends_the_wait_only_if_the_spec_has_changed(release: threading.Event, changed: bool) -> None:
    async def main() -> object:
        woken, asked = asyncio.Event(), []

        async def superseded() -> bool:
            asked.append(True)
            release.set()
            return changed

        woken.set()
        with ThreadPoolExecutor(2) as pool:
            found = await look({"database": (release.wait, "R")}, pool, 30.0, woken, superseded)
        assert asked
        return found["database"]

    if changed:
        with pytest.raises(SupersededError):
            asyncio.run(main())
    else:
        assert asyncio.run(main()) is True
