"""`python -m tests.benchmarks.copycost`: where the tail of a COPY comes from, and what makes it shorter."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import click

from tests.benchmarks.capacity import capacity, searches
from tests.benchmarks.command import keep_option, start
from tests.benchmarks.copyruns import DEFAULT_RUNS, SETTINGS, Setting, parse, rounds
from tests.benchmarks.frontdoor import FrontDoor, front_door
from tests.benchmarks.nodes import Nodes
from tests.benchmarks.result import Row, publish
from tests.benchmarks.searches import Searches
from tests.benchmarks.stage import fill, stage, tier
from tests.benchmarks.summaries import medians
from tests.cluster.paths import cache_root
from tests.demo.corpus import Corpus, prepare
from tests.objects import get, wait_for
from tests.tiers import Tier

SLO_MILLISECONDS = 250
SHARE = 0.6
SEED = 1
LATE_MILLISECONDS = (100, 250)
"""Searches slower than these are counted: the demo's SLO, and the one that the rate was found with."""
_WARM_UP_SECONDS, _BEFORE_SECONDS, _ENTER_SECONDS, _AFTER_SECONDS = 5.0, 25.0, 15.0, 10.0


@dataclass
class Bench:
    """What every repetition needs."""

    tier: Tier
    nodes: Nodes
    door: FrontDoor
    corpus: Corpus
    rate: float = 0.0
    rows: list[Row] = field(default_factory=list)


@click.command(context_settings={"show_default": True})
@click.option("--repetitions", default=3, type=click.IntRange(1))
@click.option("--run", "runs", multiple=True, default=DEFAULT_RUNS, help="SETTING:WAY; may be repeated.")
@click.option("--rate", type=float, help="Searches per second; without it, 60 % of what one copy can take.")
@keep_option
def copycost(repetitions: int, runs: tuple[str, ...], rate: float | None, keep: bool) -> None:
    """Measure what searches see before, while and after a shard is copied to a second Weaviate node.

    20,000 documents on one node of 300m CPU; an open loop of searches at 60 % of the rate that this one copy can
    take. Then a COPY is started by hand, in one of three ways:

    \b
    naive   the new node gets searches from the moment at which the COPY begins
    copied  it gets its first search when the COPY is READY
    warm    it is warmed first, as the operator does it

    with one of several settings of Weaviate: 'defaults' (10 file-copy workers, chunks of 1 MiB), '1-worker',
    '64KiB-chunks', '1-worker-64KiB', and 'more-cpu' (pods of 900m, which says what the CPU limit has to do with it).
    Phases: before; copy (until READY); warming; enter (the first 15 s with the new node); after; and 'during', from
    the COPY's begin to the end of 'enter'. Each repetition is a round through all settings, in an order of its own,
    and each setting starts with both nodes restarted. Takes three quarters of an hour. Writes
    build/bench/copycost.json.
    """
    try:
        chosen = parse(runs)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--run") from None
    corpus = prepare(cache_root())
    with ExitStack() as stack:
        cluster = stack.enter_context(stage(keep))
        subject = stack.enter_context(tier(cluster, "copycost", SETTINGS["defaults"].spec()))
        bench = Bench(subject, Nodes(subject), stack.enter_context(front_door(SLO_MILLISECONDS)), corpus)
        _fill(bench)
        bench.rate = rate or round(SHARE * _capacity(bench), 1)
        bench.nodes.scale(2)
        bench.nodes.await_nodes(2)
        _measure(bench, chosen, repetitions)
    publish("copycost", bench.rows, {"rate": bench.rate, **_summary(bench.rows)})


def _fill(bench: Bench) -> None:
    click.echo("loading the documents")
    fill(bench.tier, bench.corpus)
    bench.door.serve(bench.nodes.addresses())
    bench.door.await_ready()


def _capacity(bench: Bench) -> float:
    click.echo("looking for what one copy can take")
    with searches(bench.door.address, bench.tier.api_key, bench.corpus.queries, SLO_MILLISECONDS) as running:
        return capacity(running.load, SLO_MILLISECONDS)


def _measure(bench: Bench, chosen: dict[Setting, list[str]], repetitions: int) -> None:
    runs, done = repetitions * sum(map(len, chosen.values())), 0
    for number, setting, ways in rounds(chosen, repetitions, SEED):
        _change(bench, setting)
        for way in ways:
            rows = _repeat(bench, way)
            bench.rows += [{"setting": setting.name, "way": way, "repetition": number, **row} for row in rows]
            found = {str(row["phase"]): row["p99_ms"] for row in rows}
            done += 1
            click.echo(f"{done} of {runs}: {setting.name} {way}: p99 {found}")


def _summary(rows: Sequence[Row]) -> dict[str, str | float]:
    during = [row for row in rows if row["phase"] == "during"]
    late = {f"late_{bound}ms": f"searches over {bound} ms" for bound in LATE_MILLISECONDS}
    found = medians(rows, "p99_ms", "ms")
    for figure, unit in late.items():
        found |= {f"{key}, late": value for key, value in medians(during, figure, unit).items()}
    return found


def _change(bench: Bench, setting: Setting) -> None:
    """Restart both nodes with another setting: the StatefulSet is changed by the operator, its pods are not."""
    bench.tier.apply(setting.spec())
    name = f"{bench.tier.name}-weaviate"

    def carried() -> bool | None:
        found = get(bench.tier.kubectl, "statefulset", name, bench.tier.namespace) or {}
        container = found["spec"]["template"]["spec"]["containers"][0]
        values = {one["name"]: one.get("value") for one in container["env"]}
        wanted = {one["name"]: one["value"] for one in setting.spec()["weaviate"]["env"]}
        return (
            True
            if wanted.items() <= values.items() and container["resources"]["limits"]["cpu"] == setting.cpu
            else None
        )

    wait_for("the StatefulSet to change", carried, 60)
    for ordinal in (0, 1):
        bench.nodes.restart(ordinal)


def _repeat(bench: Bench, way: str) -> list[Row]:
    """One COPY under load, undone at the end."""
    nodes, addresses = bench.nodes, bench.nodes.addresses()
    first = {nodes.name(0): addresses[nodes.name(0)]}
    client = nodes.client()
    bench.door.serve(first)
    time.sleep(1.0)
    with searches(bench.door.address, bench.tier.api_key, bench.corpus.queries, SLO_MILLISECONDS) as running:
        running.load.set_rate(bench.rate)
        running.during("warm-up", _WARM_UP_SECONDS)
        running.during("before", _BEFORE_SECONDS)
        used = [nodes.cpu(0), nodes.cpu(1)]
        running.phase("copy")
        if way == "naive":
            bench.door.serve(addresses)
        movement = nodes.start_copy(client, source=0, target=1)
        nodes.await_copy(client, movement)
        running.phase("warming" if way == "warm" else None)
        spent = [nodes.cpu(ordinal).since(before) for ordinal, before in enumerate(used)]
        if way == "warm":
            nodes.warm(client, 1)
        bench.door.serve(addresses)
        running.during("enter", _ENTER_SECONDS)
        running.during("after", _AFTER_SECONDS)
        running.drain()
        rows = _rows(running, spent)
    bench.door.serve(first)
    nodes.drop_copy(client, movement, 1)
    client.close()
    return rows


def _rows(running: Searches, spent: Sequence[tuple[float, float]]) -> list[Row]:
    rows: list[Row] = []
    before = running.figures("before")
    phases = [(name, name, name) for name in running.spans if name != "warm-up"] + [("during", "copy", "enter")]
    for name, first, last in phases:
        late = {f"late_{bound}ms": running.slower(bound, first, last) for bound in LATE_MILLISECONDS}
        row = {"phase": name, **running.figures(first, last), **late}
        if row["p99_ms"] is not None and before["p99_ms"]:
            row["ratio"] = round(float(row["p99_ms"]) / float(before["p99_ms"]), 2)
        if name == "copy":
            for node, (seconds, throttled) in zip(("source", "target"), spent, strict=True):
                row[f"{node}_cpu_s"], row[f"{node}_throttled"] = round(seconds, 2), round(throttled, 2)
        rows.append(row)
    return rows


if __name__ == "__main__":
    start(copycost)
