"""While something is measured others can see it, and afterwards never."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.benchmarks.prediction import quiet
from tests.benchmarks.prediction.quiet import Quiet


class Clock:
    """Time that passes only when somebody sleeps, on a machine that is busy with so many cores until a moment."""

    def __init__(self, cores: float, until: float = float("inf")) -> None:
        self.now = 0.0
        self._cores, self._until = cores, until

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def busy_seconds(self) -> float:
        return self._cores * min(self.now, self._until)


def use(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Clock:
    monkeypatch.setattr(time, "sleep", clock.sleep)
    monkeypatch.setattr(time, "monotonic", lambda: clock.now)
    monkeypatch.setattr(quiet, "_busy_seconds", clock.busy_seconds)
    return clock


def test_the_marker_is_there_while_something_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Clock(0.0))
    marker = tmp_path / "quiet"
    with Quiet(marker, 0).measuring():
        assert marker.exists()
    assert not marker.exists()


def test_it_goes_also_when_the_measurement_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Clock(0.0))
    marker = tmp_path / "quiet"
    with pytest.raises(KeyError), Quiet(marker, 0).measuring():
        raise KeyError
    assert not marker.exists()


def test_a_measurement_begins_when_the_machine_is_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = use(monkeypatch, Clock(2.0, until=30.0))
    with Quiet(None, 0).measuring():
        assert 30.0 < clock.now < 50.0


def test_it_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    clock = use(monkeypatch, Clock(2.0))
    with Quiet(None, 0).measuring():
        assert 60.0 <= clock.now < 70.0
    assert "the machine does something else too" in capsys.readouterr().out


def test_others_have_the_machine_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = use(monkeypatch, Clock(0.0))
    Quiet(None, 600).rest()
    assert clock.now == 600.0
