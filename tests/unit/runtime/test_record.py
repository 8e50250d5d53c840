"""A recording: whole files, no more than were asked for, and no harm when the disk is full."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.unit.decide import builders as b
from vectortier.cli.files import read_observation, read_spec
from vectortier.decide.tier import decide
from vectortier.runtime.record import Recorder, recorded_times


def record(recorder: Recorder, later: float = 0.0) -> Path | None:
    seen = b.observation(now=b.NOW + later)
    return recorder.record(b.spec(), seen, decide(b.spec(), seen, seen.now))


def times(folder: Path) -> list[int]:
    return [time - int(b.NOW * 1000) for time in sorted(recorded_times(folder))]


def test_tier_and_observation_are_what_other_commands_read(tmp_path: Path) -> None:
    path = record(Recorder(tmp_path, 5))
    assert path == tmp_path / "search" / "t" / f"{int(b.NOW * 1000)}.yaml"
    assert read_observation(path) == b.observation()
    assert read_spec(path.with_name(f"{path.stem}.tier.yaml")) == b.spec()
    assert sorted(p.name.partition(".")[2] for p in path.parent.iterdir()) == ["plan.yaml", "tier.yaml", "yaml"]


def test_the_oldest_looks_go_those_of_an_earlier_process_too(tmp_path: Path) -> None:
    for start in (0, 10):
        recorder = Recorder(tmp_path, 3)
        for later in range(start, start + 5):
            record(recorder, later)
    folder = tmp_path / "search" / "t"
    assert times(folder) == [12000, 13000, 14000]
    assert len(list(folder.iterdir())) == 9


def test_a_full_disk_is_told_once_and_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder(tmp_path, 3)
    assert record(recorder) is not None

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        assert record(recorder, 1) is None
        assert record(recorder, 2) is None
    assert caplog.text.count("No space left on device") == 1
    folder = tmp_path / "search" / "t"
    assert times(folder) == [0]
    assert len(list(folder.iterdir())) == 3
    assert record(recorder, 3) is not None


def test_a_directory_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert record(Recorder(tmp_path / "file", 3)) is None
