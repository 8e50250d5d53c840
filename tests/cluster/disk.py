"""A disk that is full: the same sentence, whoever met it first."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from tests.cluster.errors import ClusterError

REMEDY = "Free some of it, or set VECTORTIER_CACHE to a folder on a larger disk, then run the command again."
_FULL = (errno.ENOSPC, errno.EDQUOT)
_WORDS = ("no space left on device", "disk quota exceeded")


def says_full(text: str) -> bool:
    """Whether a program's words are about a full disk."""
    return any(words in text.lower() for words in _WORDS)


@contextmanager
def named_when_full() -> Iterator[None]:
    """Turns a write that found no room into a ClusterError; other errors of the system stay what they are."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        where = f" at {error.filename}" if error.filename else ""
        raise ClusterError(f"The disk is full{where}.", REMEDY) from error
