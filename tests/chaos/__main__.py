"""`python -m tests.chaos`: faults on a real cluster, run after run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import click

from tests.benchmarks.command import start
from tests.chaos.campaign import Campaigns, totals
from tests.chaos.faults.catalogue import catalogue
from tests.chaos.faults.fault import Fault
from tests.chaos.run import Harness, run
from tests.chaos.subject import NAMESPACE, Direction, Subject
from tests.chaos.table import show
from tests.chaos.toll import Toll
from tests.cluster import Cluster, print_plainly
from tests.cluster.builds.binaries import FORMER_WEAVIATE, WEAVIATE
from tests.demo.machine import CHECKOUT
from tests.e2e.writes import Writes
from tests.installation import OPERATOR_NAMESPACE, install_operator

CLUSTER = "chaos"
RESULT = CHECKOUT / "build" / "bench" / "chaos.json"
_WRITES_PER_SECOND = 6.0
_GROWTHS_TO_A_RESTART = 3
"""To restart three nodes takes as long as to grow and to shrink."""


@click.command(context_settings={"show_default": True})
@click.option("--minutes", default=150.0, help="No run is begun after this long.")
@click.option("--runs", type=click.IntRange(1), help="Stop after so many.")
@click.option("--fault", "wanted", multiple=True, help="Only faults whose name has this in it; may be given again.")
@click.option("--list", "only_list", is_flag=True, help="Name every fault and end.")
@click.option("--keep", is_flag=True, help="Leave the cluster 'chaos' up to look at (`make down`).")
def chaos(minutes: float, runs: int | None, wanted: tuple[str, ...], only_list: bool, keep: bool) -> None:
    """Upgrade a tier, then grow, restart and shrink it again and again, with one thing going wrong each time.

    It is read and written all the time. Operators die and stand still, Weaviate's nodes are killed, hang and lose
    their network, the API server does not answer, Weaviate's answers come late, get lost or are untrue. After each run
    every acknowledged document is looked for in every copy. What was tried least comes first, so each campaign goes on
    where the last one ended: runs are added to build/bench/chaos.json. Exit code 1 when something was lost, changed or
    silently missed, when the tier did not come to rest as it should be, or when an invariant was broken.
    """
    faults = [f for f in catalogue() if not wanted or any(part in f"{f.direction}: {f.name}" for part in wanted)]
    if only_list:
        for fault in faults:
            click.echo(f"{fault.direction}: {fault.name}")
        return
    before = len(Campaigns.read(RESULT).log)
    try:
        with _cluster(keep) as cluster:
            _campaign(cluster, faults, minutes, runs or len(faults) * 1000)
    finally:
        campaigns = Campaigns.read(RESULT)
        show(campaigns)
    done = [entry for entry in campaigns.log[before:] if not entry["missed"]]
    found = totals(done)
    bad = found["lost"] + found["changed"] + found["silent_partial"] + found["broken"]
    if bad or found["converged"] < found["runs"]:
        raise SystemExit(1)


def _campaign(cluster: Cluster, faults: list[Fault], minutes: float, most: int) -> None:
    campaigns = Campaigns.read(RESULT)
    state = cluster.state
    assert state is not None, "the cluster is up"
    end = time.monotonic() + minutes * 60
    with Toll(state.facts["host"]) as toll:
        _connect(cluster, toll)
        turns = _turns(faults)
        direction, done = next(turns), 0
        harness = _harness(cluster, toll, campaigns, direction)
        while done < most and time.monotonic() < end:
            fault = campaigns.next(faults, direction)
            click.echo(f"{time.strftime('%H:%M:%S')} {fault.direction}: {fault.name}")
            entry = campaigns.add(run(harness, fault))
            campaigns.write(RESULT)
            _tell(entry)
            done += 1
            if not entry["converged"]:
                harness.subject.tier.delete()
                turns = _turns(faults)
            direction = next(turns)
            if not entry["converged"]:
                harness = _harness(cluster, toll, campaigns, direction)


def _turns(faults: list[Fault]) -> Iterator[Direction]:
    """What is done with a tier, one after the other: an upgrade once, and restarts now and then, where a fault of it is
    wanted; and it grows and shrinks again and again."""
    wanted = {fault.direction for fault in faults}
    others = bool(wanted & {Direction.OUT, Direction.IN})
    if Direction.UPGRADE in wanted:
        yield Direction.UPGRADE
    for growths in count():
        yield Direction.OUT
        if Direction.RESTART in wanted and (not others or growths % _GROWTHS_TO_A_RESTART == 0):
            yield Direction.RESTART
        yield Direction.IN


def _harness(cluster: Cluster, toll: Toll, campaigns: Campaigns, first: Direction) -> Harness:
    subject = Subject(cluster, version=FORMER_WEAVIATE if first is Direction.UPGRADE else WEAVIATE)
    subject.create()
    return Harness(subject, toll, Writes(subject.tier, _WRITES_PER_SECOND), campaigns.coverage)


def _connect(cluster: Cluster, toll: Toll) -> None:
    """Have the operators ask here."""
    words = ("-n", OPERATOR_NAMESPACE)
    cluster.kubectl(*words, "set", "env", "deployment/vectortier", f"TOLL_URL={toll.url}")
    cluster.kubectl(*words, "rollout", "status", "deployment/vectortier", "--timeout=120s", timeout=130)


@contextmanager
def _cluster(keep: bool) -> Iterator[Cluster]:
    cluster = Cluster.up(CLUSTER, "node", print_plainly)
    try:
        cluster.load_operator(print_plainly)
        cluster.load_former_weaviate(print_plainly)
        install_operator(cluster, Path(__file__).parent / "operator", NAMESPACE)
        Subject(cluster).tier.delete()  # of an earlier campaign
        yield cluster
    finally:
        if not keep:
            cluster.down()


def _tell(entry: dict[str, Any]) -> None:
    words = "missed" if entry["missed"] else ("ok" if entry["converged"] else "NOT CONVERGED")
    click.echo(f"  {words} in {entry['seconds']:.0f} s, {entry['operations']}")
    for hit in entry["hits"]:
        click.echo(f"    {hit}")
    for name in ("missed", "lost", "changed", "silent_partial", "behind", "broken", "lacking"):
        if entry[name]:
            click.echo(f"    {name}: {str(entry[name])[:1000]}")
    counted = ("searches", "failed_searches", "acknowledged", "failed_writes")
    click.echo("    " + ", ".join(f"{name.replace('_', ' ')} {entry[name]}" for name in counted))


if __name__ == "__main__":
    start(chaos)
