"""Figures that a benchmark reports are measured values, and its file says where they are from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks import result


@pytest.mark.parametrize(("fraction", "expected"), [(0.5, 50.0), (0.99, 99.0), (1.0, 100.0), (0.001, 1.0)])
def test_a_percentile_is_the_smallest_value_that_enough_others_do_not_exceed(fraction: float, expected: float) -> None:
    assert result.percentile([float(n) for n in range(100, 0, -1)], fraction) == expected


def test_one_value_is_every_percentile_and_none_is_none_at_all() -> None:
    assert result.percentile([7.0], 0.99) == 7.0
    with pytest.raises(ValueError, match="at least one value"):
        result.percentile([], 0.5)


def test_the_file_names_command_commit_time_and_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result, "ROOT", tmp_path)
    path = result.publish("thing", [{"a": 1, "b": 2.5}, {"a": None}], {"met": True})
    report = json.loads(path.read_text())
    assert path == tmp_path / "build" / "bench" / "thing.json"
    assert report["command"] == "make bench-thing"
    assert report.keys() == {"command", "commit", "when", "machine", "rows", "summary"}
    assert report["machine"].keys() == {"cores", "memory", "kernel"}
    assert (report["rows"], report["summary"]) == ([{"a": 1, "b": 2.5}, {"a": None}], {"met": True})
