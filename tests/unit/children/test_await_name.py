"""A Weaviate node starts only when it can find the others."""

import signal
import subprocess
import sys

from vectortier.cli.await_name import VOTER_PATIENCE_SECONDS, Network, Start, missing

ADDRESSES = {"t-0": "10.0.0.1", "t-1": "10.0.0.2", "t-2": "10.0.0.3", "t-3": "10.0.0.4"}
THREE = ("t-0", "t-1", "t-2")


def network(published: tuple[str, ...], listening: tuple[str, ...] = ()) -> Network:
    def resolve(host: str) -> frozenset[str]:
        return frozenset({ADDRESSES[host]} if host in published else ())

    return Network(resolve=resolve, connects=lambda host, _port: host in listening)


def start(own: str, voters: tuple[str, ...]) -> Start:
    return Start(own=own, address=ADDRESSES[own], voters=voters, port=7946)


def test_a_node_whose_own_name_is_not_published_waits() -> None:
    assert "t-0 does not lead to 10.0.0.1" in (missing(start("t-0", ("t-0",)), network(()), 0) or "")


def test_a_node_whose_name_still_leads_to_its_old_pod_waits() -> None:
    stale = Network(resolve=lambda _host: frozenset({"10.9.9.9"}), connects=lambda _host, _port: True)
    assert missing(start("t-0", ("t-0",)), stale, 0) is not None


def test_the_only_voter_waits_for_its_own_name_alone() -> None:
    assert missing(start("t-0", ("t-0",)), network(("t-0",)), 0) is None


def test_a_node_that_does_not_vote_waits_until_a_voter_listens() -> None:
    """Published is not enough: with one voter, a node that found nobody at its start never looks again."""
    published = ("t-0", "t-3")
    assert "no voter listens on port 7946" in (missing(start("t-3", ("t-0",)), network(published), 1e6) or "")
    assert missing(start("t-3", ("t-0",)), network(published, listening=("t-0",)), 0) is None


def test_one_listening_voter_of_three_is_enough_to_join() -> None:
    assert missing(start("t-3", THREE), network(("t-3",), listening=("t-2",)), 0) is None


def test_voters_wait_for_each_others_names_but_not_for_ever() -> None:
    alone = network(("t-0", "t-1"))
    assert missing(start("t-0", THREE), alone, 0) == "not published yet: t-2"
    assert missing(start("t-0", THREE), alone, VOTER_PATIENCE_SECONDS) is None
    assert missing(start("t-0", THREE), network(THREE), 0) is None


def test_it_ends_by_itself_when_it_is_told_to() -> None:
    """The kernel's default, dying of the signal, does not happen to the first process of a container."""
    waiting = ["await-name", "--own", "t-0.invalid", "--address", "192.0.2.1", "--voter", "t-0.invalid", "--port", "1"]
    program = [sys.executable, "-c", "from vectortier.cli import main; main()", *waiting]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "does not lead to 192.0.2.1 yet" in process.stdout.readline()
        process.terminate()
        assert process.wait(30) == 128 + signal.SIGTERM
