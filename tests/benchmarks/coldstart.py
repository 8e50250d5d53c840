"""`python -m tests.benchmarks.coldstart`: how long a new tier takes from being applied to being Ready."""

from __future__ import annotations

import time
from typing import Any

import click

from tests.benchmarks.command import keep_option, start
from tests.benchmarks.result import Row, publish
from tests.benchmarks.stage import NAMESPACE, small_spec, stage
from tests.benchmarks.summaries import coldstart_summary
from tests.cluster import Cluster, ClusterError
from tests.tiers import Tier

GIVE_UP_SECONDS = 300.0
NODES = 3


@click.command(context_settings={"show_default": True})
@click.option("--starts", default=20, type=click.IntRange(1), help="Cold starts for each number of voters.")
@click.option("--voters", multiple=True, type=click.Choice(["1", "3"]), default=("1", "3"), help="May be repeated.")
@keep_option
def coldstart(starts: int, voters: tuple[str, ...], keep: bool) -> None:
    """Measure cold starts of a tier of three Weaviate nodes, with one raft voter and with three.

    Each start is a new VectorTier with new volumes in a node of its own (the cluster 'bench'). Its time runs from
    when the tier is applied until its condition Ready is True: three Weaviate nodes that found each other, and a
    gateway that answers. The goal is 90 s, every time; a start that takes 300 s is given up and counts as failed.
    A start takes about half a minute and its removal as long: the whole run takes 40 minutes. Writes
    build/bench/coldstart.json.
    """
    with stage(keep) as cluster:
        rows = [_start(cluster, int(count), number + 1, starts) for count in voters for number in range(starts)]
    publish("coldstart", rows, coldstart_summary(rows))


def _start(cluster: Cluster, voters: int, number: int, of: int) -> Row:
    tier = Tier(cluster.kubectl, NAMESPACE, f"cold-{voters}-{number}")
    begin = time.monotonic()
    problem = None
    try:
        tier.apply(_spec(voters))
        tier.await_ready(GIVE_UP_SECONDS)
    except (TimeoutError, ClusterError) as error:
        problem = f"{error}; {tier.condition('Ready').get('message', 'no condition')}"
    seconds = round(time.monotonic() - begin, 2)
    tier.delete()
    click.echo(f"{voters} voters, start {number} of {of}: {problem or f'Ready after {seconds:.1f} s'}")
    return {"voters": voters, "start": number, "seconds": None if problem else seconds, "problem": problem}


def _spec(voters: int) -> dict[str, Any]:
    spec = small_spec(nodes={"min": NODES, "max": NODES})
    spec["weaviate"]["raftVoters"] = voters
    return spec


if __name__ == "__main__":
    start(coldstart)
