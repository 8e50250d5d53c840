"""The schedules find bugs that are put into the operator on purpose. `make model` has all of them."""

import pytest

from tests.model import bugs
from tests.model.running import finds

QUICK = (
    bugs.forgets_the_operation,
    bugs.begins_every_copy_twice,
    bugs.ignores_the_lock,
    bugs.keeps_the_lock,
    bugs.takes_the_wrong_node,
    bugs.never_ends,
)
"""Those that nearly every schedule meets."""


@pytest.mark.parametrize("bug", QUICK, ids=lambda bug: bug.__name__)
def test_a_bug_is_found(bug: bugs.Patch, monkeypatch: pytest.MonkeyPatch) -> None:
    bug(monkeypatch)
    assert finds()
