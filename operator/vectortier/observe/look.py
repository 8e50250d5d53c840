"""Slow reads, all at once and with a deadline: what is late is Unknown."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from typing import Any

from vectortier.model.value import Unknown

Reader = Callable[[], Any]


class SupersededError(Exception):
    """The spec changed while slow reads were awaited: start over with the new one, at once."""


async def look(
    readers: Mapping[str, tuple[Reader, str]],
    pool: Executor,
    seconds: float,
    woken: asyncio.Event,
    superseded: Callable[[], Awaitable[bool]],
) -> dict[str, Any]:
    """The results of all readers by name, or Unknown with the reader's reason for one that is late or raises.

    An event that comes meanwhile makes it ask whether the spec is `superseded`; then the reads are left to their own
    deadlines and SupersededError is raised, so that a service that hangs does not delay a change of the spec.
    """
    loop = asyncio.get_running_loop()
    reads = {name: loop.run_in_executor(pool, _guarded, *reader) for name, reader in readers.items()}
    until = loop.time() + seconds
    while (late := {read for read in reads.values() if not read.done()}) and loop.time() < until:
        wake = asyncio.ensure_future(woken.wait())
        await asyncio.wait({*late, wake}, timeout=until - loop.time(), return_when=asyncio.FIRST_COMPLETED)
        wake.cancel()
        if woken.is_set():
            woken.clear()
            if await superseded():
                raise SupersededError
    return {name: _result(read, readers[name][1], seconds) for name, read in reads.items()}


def _guarded(reader: Reader, reason: str) -> Any:
    try:
        return reader()
    except Exception as error:  # a reader that fails in a way of its own is a reading that could not be had
        return Unknown(reason=reason, message=f"{type(error).__name__}: {error}")


def _result(read: "asyncio.Future[Any]", reason: str, seconds: float) -> Any:
    return read.result() if read.done() else Unknown(reason=reason, message=f"no answer within {seconds:g} s")
