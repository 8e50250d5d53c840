"""The schedules find every bug that is put into the operator on purpose."""

import pytest

from tests.model.bugs import BUGS, Patch
from tests.model.running import finds


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_bug_is_found(bug: Patch, monkeypatch: pytest.MonkeyPatch) -> None:
    bug(monkeypatch)
    assert finds()
