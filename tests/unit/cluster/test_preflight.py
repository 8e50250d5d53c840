"""A wrong machine gets one clear sentence with the remedy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.cluster.errors import ClusterError
from tests.cluster.machine.preflight import GIB, Machine, problems, require

GOOD = Machine(
    system="Linux",
    architecture="x86_64",
    root=True,
    namespaces="",
    programs=frozenset(("apt-get", "dpkg-deb", "ip", "mount", "nsenter", "setpriv", "unshare")),
    cgroup_version=2,
    cgroup_controllers=frozenset(("cpu", "cpuset", "io", "memory", "pids")),
    cgroup_writable=True,
    free_disk=50 * GIB,
    free_memory=16 * GIB,
    cache_is_warm=False,
)

WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    ("another system", {"system": "Darwin"}, "Linux only", "VECTORTIER_CLUSTER=external"),
    ("another processor", {"architecture": "aarch64"}, "x86_64", "VECTORTIER_CLUSTER=external"),
    ("no root", {"root": False, "cgroup_writable": False}, "needs root", "--size control-plane"),
    ("no namespaces", {"namespaces": "Operation not permitted"}, "Operation not permitted", "NET_ADMIN"),
    ("no ip", {"programs": GOOD.programs - {"ip"}}, "missing: ip", "iproute2"),
    ("no cgroups", {"cgroup_version": None, "cgroup_controllers": frozenset()}, "No cgroups", "cgroup2"),
    ("no memory controller", {"cgroup_controllers": frozenset(("cpu", "pids"))}, "memory", "kernel's command line"),
    ("cgroups read-only", {"cgroup_writable": False}, "read-only", "privileged"),
    ("disk full, cold", {"free_disk": 11 * GIB}, "11.0 GiB free and this needs 12", "VECTORTIER_CACHE"),
    ("disk full, warm", {"free_disk": 2 * GIB, "cache_is_warm": True}, "needs 3 GiB", "VECTORTIER_CACHE"),
    ("little memory", {"free_memory": GIB}, "1.0 GiB of memory", "Stop other programs"),
]


@pytest.mark.parametrize(("changes", "what", "remedy"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_node_names_what_is_wrong_and_what_to_do(changes: dict[str, Any], what: str, remedy: str) -> None:
    found = problems(replace(GOOD, **changes), "node")
    assert len(found) == 1
    assert what in found[0].what
    assert remedy in found[0].remedy


@pytest.mark.parametrize("version", [1, 2])
def test_a_good_machine_has_no_problem_with_either_version_of_cgroups(version: int) -> None:
    assert problems(replace(GOOD, cgroup_version=version), "node") == []


def test_a_control_plane_needs_neither_root_nor_cgroups_nor_network_tools() -> None:
    poor = replace(
        GOOD, root=False, cgroup_version=None, cgroup_controllers=frozenset(), programs=frozenset(("setpriv",))
    )
    assert problems(poor, "control-plane") == []


def test_facts_that_could_not_be_learned_stand_in_nobodys_way() -> None:
    assert problems(replace(GOOD, free_disk=None, free_memory=None), "node") == []


def test_requiring_raises_the_first_problem_only() -> None:
    with pytest.raises(ClusterError) as raised:
        require(replace(GOOD, root=False, free_disk=0), "node")
    assert "needs root" in str(raised.value)
    assert "disk" not in str(raised.value)
