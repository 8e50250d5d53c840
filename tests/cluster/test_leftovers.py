"""Taking a cluster down ends and removes what it has, and names whatever stays with what to do about it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.cluster import Cluster, ClusterError
from tests.cluster.commands import remains
from tests.cluster.kubectl import await_true
from tests.cluster.machine import cgroups
from tests.cluster.network.addresses import Addresses, choose_addresses
from tests.cluster.network.links import connect, disconnect, links_of_host, routes_of_host
from tests.cluster.paths import CHECKOUT, cache_root, label
from tests.cluster.processes.launch import launch
from tests.cluster.processes.proc import MARK, describe, is_first_process, members, running
from tests.cluster.processes.spec import Component, Ready, Spec
from tests.cluster.processes.state import state_file
from tests.cluster.run import run
from tests.cluster.teardown import removal

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make what would be left")
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """A cluster of which nothing runs, with little patience for what stays."""
    monkeypatch.setattr(removal, "_GONE_SECONDS", 0.2)
    monkeypatch.setattr(cgroups, "_GONE_SECONDS", 0.2)
    made = Cluster(f"r{os.getpid()}")
    made.run_dir.mkdir(parents=True)
    yield made
    made.down()
    assert remains(made.name) == []


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts programs that end with the test."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(*words: str, **environment: str) -> subprocess.Popen[bytes]:
        running.append(subprocess.Popen(words, env={**os.environ, **environment}, start_new_session=True))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()


def test_a_process_that_outlived_its_supervisor_is_ended(cluster: Cluster, start: Start) -> None:
    orphan = start("sleep", "600", **{MARK: str(cluster.run_dir)})
    other = start("sleep", "600", **{MARK: f"{cluster.run_dir}-2"})
    assert cluster.down()
    assert orphan.poll() is not None
    assert other.poll() is None


def test_somebody_who_reads_a_log_is_left_alone(cluster: Cluster, start: Start) -> None:
    log = cluster.run_dir / "log"
    log.touch()
    reader = start("tail", "-f", str(log))
    assert not cluster.down()
    assert reader.poll() is None


@needs_root
def test_a_process_in_the_clusters_cgroup_is_named(cluster: Cluster, start: Start) -> None:
    cgroups.make(label(cluster.run_dir))
    pod = start("sleep", "600")
    folders = cgroups.present(label(cluster.run_dir))
    (folders[0] / "cgroup.procs").write_text(str(pod.pid))
    assert f"process {pod.pid} (sleep)" in remains(cluster.name)
    assert f"the cgroup {folders[0]}" in remains(cluster.name)
    with pytest.raises(ClusterError, match=rf"still has the processes {pod.pid}\. End them"):
        cluster.down()
    assert cluster.run_dir.exists()


@needs_root
def test_a_link_of_the_cluster_is_removed_with_its_routes_and_no_other(cluster: Cluster) -> None:
    name = f"vt{os.getpid() % 10**6}"
    others = f"{name}o"
    for link, alias in ((name, label(cluster.run_dir)), (others, "vectortier-other")):
        run(["ip", "link", "add", link, "type", "veth", "peer", "name", f"{link}p"], timeout=10)
        run(["ip", "link", "set", link, "alias", alias, "up"], timeout=10)
    try:
        run(["ip", "route", "add", "198.19.200.0/24", "dev", name], timeout=10)
        assert f"the link {name} with the routes 198.19.200.0/24" in remains(cluster.name)
        cluster.down()
        assert {link.name for link in links_of_host() if link.name.startswith(name)} == {others, f"{others}p"}
    finally:
        for link in (name, others):
            disconnect(link)


@needs_root
def test_a_mount_in_the_run_directory_is_named_with_the_remedy(cluster: Cluster) -> None:
    """In a mount namespace of its own: `down` sees what is mounted where it runs."""
    data = cluster.run_dir / "data"
    data.mkdir()
    names = "from tests.cluster import Cluster; from tests.cluster.teardown import removal"
    patience = f"{names}; removal._GONE_SECONDS = 0.2"
    down = f"{patience}; Cluster({cluster.name!r}).down()"
    script = 'mount -t tmpfs tmpfs "$1"; exec "$2" -c "$3"'
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-ec", script, "sh", str(data), sys.executable, down],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert f"There is still: the mount {data}. Remove it: umount --lazy {data}." in done.stderr


def test_a_run_directory_that_cannot_be_removed_is_named(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", lambda *_, **__: None)
        with pytest.raises(ClusterError, match=rf"the folder {cluster.run_dir}\. Remove it as the user who ran `up`"):
            cluster.down()


@pytest.fixture
def small_node(cluster: Cluster) -> Addresses:
    """What a node has on the machine, with one idle program instead of Kubernetes."""
    for folder in ("logs", "kubelet"):
        (cluster.run_dir / folder).mkdir()
    taken = [link.name for link in links_of_host()]
    addresses = choose_addresses(cluster.name, routes_of_host(), taken)
    idle = Component("idle", ("sleep", "600"), Ready(url="http://127.0.0.1:9/"))
    visible = (str(cache_root()), str(CHECKOUT))
    facts = {"link": addresses.link}
    cgroups.make(label(cluster.run_dir))
    spec = Spec(cluster.name, "node", str(cluster.run_dir), (idle,), True, visible, facts)
    launch(spec, lambda pid: connect(addresses, pid, label(cluster.run_dir)))
    await_true("The start", lambda: cluster.state is not None and "starting" in repr(cluster.state.components), 30)
    return addresses


@needs_root
def test_a_node_is_listed_while_it_runs_and_leaves_nothing(cluster: Cluster, small_node: Addresses) -> None:
    assert any("(sleep)" in describe(pid) for pid in members(cluster.run_dir))
    listed = " ".join(remains(cluster.name))
    for part in ("(unshare)", "(python", "(sleep)", f"/{label(cluster.run_dir)}", f"the link {small_node.link} with"):
        assert part in listed
    assert all(str(own) in listed for own in small_node.ranges)
    assert cluster.down()
    assert remains(cluster.name) == []
    assert small_node.link not in [link.name for link in links_of_host()]
    assert not {*small_node.ranges} & {*routes_of_host()}


@needs_root
def test_a_node_without_its_state_leaves_nothing_either(cluster: Cluster, small_node: Addresses) -> None:
    state_file(cluster.run_dir).unlink()
    assert cluster.down()
    assert small_node.link not in [link.name for link in links_of_host()]


@needs_root
def test_a_stranger_in_the_nodes_network_is_named(cluster: Cluster, small_node: Addresses, start: Start) -> None:
    first = next(one.pid for one in running(cluster.run_dir) if is_first_process(one.pid))
    stranger = start("nsenter", f"--net=/proc/{first}/ns/net", "sleep", "600")
    who = f"process {stranger.pid} (sleep) in the network of the node"
    await_true("The stranger", lambda: who in remains(cluster.name), 10)
    with pytest.raises(ClusterError) as raised:
        cluster.down()
    assert f"There is still: {who}." in raised.value.problem
    assert raised.value.remedy == f"End it: kill -9 {stranger.pid}."
    assert small_node.link not in [link.name for link in links_of_host()]
