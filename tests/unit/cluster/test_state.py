"""What crosses between the launcher, the supervisor and the reader of the state arrives as it was sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.errors import ClusterError
from tests.cluster.paths import run_dir
from tests.cluster.processes import supervisor
from tests.cluster.processes.isolation import hidden
from tests.cluster.processes.proc import SUPERVISOR_MODULE
from tests.cluster.processes.spec import Component, Ready, Spec
from tests.cluster.processes.state import ComponentState, State, read_state, state_file, write_state
from tests.cluster.progress import Event, Progress


def test_a_supervisor_is_started_and_found_by_the_name_that_it_has() -> None:
    assert supervisor.__name__ == SUPERVISOR_MODULE


def test_a_specification_survives_the_pipe() -> None:
    component = Component("etcd", ("etcd", "--x"), Ready(url="http://127.0.0.1/"), ("a",), {"A": "b"})
    spec = Spec("demo", "node", "/run/x", (component,), True, ("/cache",), {"link": "vtier0"})
    text = spec.to_json()
    assert "\n" not in text
    assert Spec.from_json(text) == spec


def test_a_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    state = State("demo", "node", {"link": "vtier0"}, {"etcd": ComponentState("ready", 1, 0.5, "exit code 1", ["x"])})
    write_state(tmp_path, state)
    assert read_state(tmp_path) == state
    assert state.all_ready


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "demo"}', '{"components": {"etcd": {"colour": 1}}}'])
def test_a_state_that_makes_no_sense_counts_as_none(tmp_path: Path, text: str) -> None:
    state_file(tmp_path).write_text(text)
    assert read_state(tmp_path) is None


@pytest.mark.parametrize("name", ["", "Demo", "../x", "1a", "a" * 17, "a/b"])
def test_a_name_that_could_leave_its_folder_is_refused(name: str) -> None:
    with pytest.raises(ClusterError, match="cannot be the name"):
        run_dir(name)


def test_folders_that_would_be_hidden_are_known() -> None:
    assert hidden(Path("/var/lib/ci/checkout"))
    assert not hidden(Path("/var/library"))
    assert not hidden(Path("/root/.cache"))


def test_steps_are_timed_and_remembered_in_order_without_the_one_that_failed() -> None:
    clock = iter([0.0, 0.0, 2.5, 3.0, 3.0, 4.0]).__next__
    events: list[Event] = []
    progress = Progress(events.append, clock)
    with progress.step("one") as step:
        step.cached = True
    with pytest.raises(ValueError, match="no"), progress.step("two"):
        raise ValueError("no")
    assert progress.finished == [{"name": "one", "seconds": 2.5, "cached": True}]
    assert [(event.step, event.state) for event in events] == [
        ("one", "started"),
        ("one", "done"),
        ("two", "started"),
        ("two", "failed"),
    ]
