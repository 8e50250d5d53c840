"""Both versions of the cgroup interface, on folders that look like them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.errors import ClusterError
from tests.cluster.machine import cgroups


def version_1(root: Path) -> Path:
    for name in ("cpu,cpuacct", "cpuset", "memory"):
        (root / name).mkdir(parents=True)
        (root / name / "cgroup.procs").touch()
    (root / "cpu").symlink_to("cpu,cpuacct")
    (root / "cpuset" / "cpuset.cpus").write_text("0-1")
    (root / "cpuset" / "cpuset.mems").write_text("0")
    return root


def version_2(root: Path, controllers: str) -> Path:
    root.mkdir(exist_ok=True)
    (root / "cgroup.procs").touch()
    (root / "cgroup.controllers").write_text(controllers)
    (root / "cgroup.subtree_control").touch()
    return root


def test_version_1_has_a_group_in_each_hierarchy_once(tmp_path: Path) -> None:
    root = version_1(tmp_path / "cgroup")
    cgroups.make("mine", root)
    assert [folder.name for folder in cgroups.hierarchies(root)] == ["cpu,cpuacct", "cpuset", "memory"]
    assert (root / "memory" / "mine").is_dir()
    assert (root / "cpuset" / "mine" / "cpuset.cpus").read_text() == "0-1"


def test_version_2_has_one_group_with_its_controllers_enabled(tmp_path: Path) -> None:
    root = version_2(tmp_path, "cpuset cpu io memory pids misc")
    cgroups.make("mine", root)
    assert (root / "mine").is_dir()
    assert (root / "cgroup.subtree_control").read_text() == "+cpuset +cpu +io +memory +pids"


def test_a_missing_controller_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="memory"):
        cgroups.make("mine", version_2(tmp_path, "cpu pids"))


def test_removing_takes_the_whole_tree_and_may_be_repeated(tmp_path: Path) -> None:
    root = version_1(tmp_path / "cgroup")
    (root / "memory" / "mine" / "pods" / "one").mkdir(parents=True)
    cgroups.remove("mine", root)
    cgroups.remove("mine", root)
    assert cgroups.present("mine", root) == []
    assert (root / "memory").is_dir()


def test_what_is_left_is_named_with_its_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroups, "_GONE_SECONDS", 0.1)
    root = version_2(tmp_path / "cgroup", "cpu memory pids")
    pod = root / "mine" / "pod"
    pod.mkdir(parents=True)
    (pod / "cgroup.procs").write_text("12\n34\n")
    assert cgroups.present("mine", root) == [root / "mine"]
    with pytest.raises(ClusterError, match=r"still has the processes 12, 34\. End them"):
        cgroups.remove("mine", root)
