"""What this folder's own tests share."""

from __future__ import annotations

import pytest

from tests.cluster.builds.binaries import CONTROL_PLANE, FAKE_NODE, find_binaries
from tests.cluster.progress import Progress, print_plainly


@pytest.fixture(scope="session")
def built() -> None:
    """The programs of a control plane are in the cache, so that what a test waits for takes seconds."""
    find_binaries((*CONTROL_PLANE, *FAKE_NODE), Progress(print_plainly))
