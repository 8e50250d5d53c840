"""A machine that cannot run a cluster is told so in one sentence with the remedy, and nothing of the attempt stays.

Each test takes one thing away from a real `python -m tests.cluster up`. No test needs root; those that make a machine
look different use a user namespace where they have none.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from tests.cluster.builds.go_toolchain import find_go
from tests.cluster.commands import fake_go, remains, up, with_go
from tests.cluster.paths import clusters_root

ROOT = os.geteuid() == 0
# Root within a user namespace may mount for itself alone.
AS_ROOT = () if ROOT else ("unshare", "--user", "--map-root-user")
NAME = f"w{os.getpid()}"


def possible(*inside: str) -> bool:
    return shutil.which(inside[0]) is not None and subprocess.run([*inside, "true"], check=False).returncode == 0


def after(script: str) -> list[str]:
    """Words in front of a command: the script runs first, with mounts that only the command sees."""
    inside = [*AS_ROOT, "unshare", "--mount", "sh", "-ec", f'{script}; exec "$@"', "sh"]
    if not possible(*inside):
        pytest.skip("this user may not mount anything, not even for itself alone")
    return inside


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The first line that was said of the error; whatever a program said stands below it."""
    assert done.returncode == 1, done
    assert remains(NAME) == []
    first, *rest = done.stderr.splitlines()
    assert first.startswith("error: ")
    assert all(line.startswith(("    ", "`")) for line in rest), done.stderr
    return first.removeprefix("error: ")


def test_without_root() -> None:
    inside = ["unshare", "--user", "--"] if ROOT else []
    if inside and not possible(*inside):
        pytest.skip("this kernel has no user namespaces to give root away in")
    assert sentence(up(NAME, "node", inside)) == (
        "A node needs root. Run it as root, or use --size control-plane, which does not."
    )


def test_without_network_namespaces() -> None:
    inside = [*AS_ROOT, "setpriv", "--bounding-set=-sys_admin", "--"]
    if not possible(*inside):
        pytest.skip("this user has no root to take a capability from")
    said = sentence(up(NAME, "node", inside))
    assert said.startswith("This machine refuses to make namespaces (unshare: ")
    assert said.endswith("give the container the capabilities SYS_ADMIN and NET_ADMIN (`--privileged`).")


WITHOUT_MEMORY = "The cgroup controllers memory are not available (version {}). Enable them on the kernel's"
CGROUPS = [
    ("none at all", "true", "No cgroups are mounted at /sys/fs/cgroup. Mount cgroup2 there"),
    ("version 1 without memory", "mkdir cpu pids", WITHOUT_MEMORY.format(1)),
    ("version 2 without memory", "echo cpuset cpu pids > cgroup.controllers", WITHOUT_MEMORY.format(2)),
    ("version 1 read-only", "mkdir cpu memory pids", "/sys/fs/cgroup is read-only. Run it on the host"),
    ("version 2 read-only", "echo cpu memory pids > cgroup.controllers", "/sys/fs/cgroup is read-only. Run it on the"),
]


@pytest.mark.skipif(not ROOT, reason="before it looks at cgroups, a node wants root")
@pytest.mark.parametrize(("script", "expected"), [case[1:] for case in CGROUPS], ids=[case[0] for case in CGROUPS])
def test_without_usable_cgroups(script: str, expected: str) -> None:
    """A folder that looks like a machine of either version, on any machine."""
    mount = "mount -t tmpfs -o size=1m tmpfs /sys/fs/cgroup; cd /sys/fs/cgroup"
    finish = 'for folder in */; do [ ! -d "$folder" ] || touch "$folder/cgroup.procs"; done; cd "$OLDPWD"'
    seal = "mount -o remount,ro /sys/fs/cgroup" if "read-only" in expected else "true"
    inside = after(f"{mount}; {script}; {finish}; {seal}")
    assert sentence(up(NAME, "node", inside)).startswith(expected)


def test_with_a_full_disk(tmp_path: Path) -> None:
    inside = after(f"mount -t tmpfs -o size=8m tmpfs {tmp_path}")
    said = sentence(up(NAME, "control-plane", inside, VECTORTIER_CACHE=str(tmp_path)))
    assert said.startswith("The disk has 0.0 GiB free and this needs ")
    assert said.endswith("Free some, or set VECTORTIER_CACHE to a folder on a larger disk.")


def test_with_a_go_that_cannot_build(tmp_path: Path) -> None:
    path = fake_go(tmp_path, "echo 'dial tcp: lookup proxy.golang.org: no such host' >&2; exit 1")
    done = up(NAME, "control-plane", PATH=path)
    assert sentence(done) == (
        "Building etcd from the Go package go.etcd.io/etcd/server/v3 failed. "
        "Check that the Go module proxy is reachable (`go env GOPROXY`), then run the command again."
    )
    assert "no such host" in done.stderr.splitlines()[-1]


def test_with_a_disk_that_a_build_fills(tmp_path: Path) -> None:
    path = fake_go(tmp_path, "cat /etc/passwd > /dev/full")
    said = sentence(up(NAME, "control-plane", PATH=path))
    assert said.startswith("Building etcd from the Go package go.etcd.io/etcd/server/v3 failed. The disk is full.")
    assert "VECTORTIER_CACHE" in said


@pytest.mark.usefixtures("built")
def test_with_a_disk_that_is_full_when_it_starts(tmp_path: Path) -> None:
    """The disk shrinks when the Go compiler is looked for, which comes after all that is looked at beforehand."""
    clusters_root().mkdir(parents=True, exist_ok=True)
    inside = after(f"mount -t tmpfs -o size=8g tmpfs {clusters_root()}")
    path = with_go(tmp_path, f'mount -o remount,size=2m {clusters_root()}\nexec {find_go().command} "$@"')
    said = sentence(up(NAME, "control-plane", inside, PATH=path))
    assert said.startswith("etcd died (exit code ")
    assert "The disk is full. Free some" in said


def test_with_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        said = sentence(up(NAME, "control-plane", VECTORTIER_FIRST_PORT=str(port)))
    assert said.startswith(f"Port 127.0.0.1:{port}, which apiserver needs, is taken by ")
    assert f"(process {os.getpid()}). End that program, or set VECTORTIER_FIRST_PORT to another one." in said


def test_with_a_machine_that_has_no_setpriv(tmp_path: Path) -> None:
    said = sentence(up(NAME, "control-plane", PATH=str(tmp_path)))
    assert said == "Programs are missing: setpriv. Install util-linux."
