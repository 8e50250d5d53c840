"""`python -m tests.benchmarks.scaleout`: what searches see while a copy is added, by the operator and naively."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

from tests.benchmarks.capacity import capacity, searches
from tests.benchmarks.command import keep_option, start
from tests.benchmarks.frontdoor import front_door
from tests.benchmarks.nodes import Nodes
from tests.benchmarks.result import Row, publish
from tests.benchmarks.searches import Searches
from tests.benchmarks.stage import NAMESPACE, fill, small_spec, stage, tier
from tests.cluster import Cluster
from tests.cluster.paths import cache_root
from tests.demo.corpus import Corpus, prepare
from tests.tiers import GRPC_PORT, Tier

SLO_MILLISECONDS = 250
SHARE = 0.6
GOAL_RATIO = 5.0
_WARM_UP_SECONDS, _BEFORE_SECONDS, _ENTER_SECONDS, _AFTER_SECONDS = 10.0, 60.0, 15.0, 60.0
_FINISH_SECONDS = 600.0
_POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Bench:
    """What both ways share."""

    cluster: Cluster
    corpus: Corpus
    rate: float | None


@click.command(context_settings={"show_default": True})
@click.option("--rate", type=float, help="Searches per second; without it, 60 % of what one copy can take.")
@keep_option
def scaleout(rate: float | None, keep: bool) -> None:
    """Measure the p99 of searches before, while and after a second copy is added to a tier that is in use.

    Twice in one run, each time with a new tier of one 300m node with 20,000 documents and an open loop of searches
    at 60 % of the rate that one copy can take (measured first):

    \b
    ours    nodes.min and copies.min are raised to 2 in the spec, and the operator does the rest
    naive   the StatefulSet is scaled and the shard copied by hand; the gateway uses every pod that is ready

    'during' runs from the change until 15 s after the last copy serves. The goal is a p99 during ours of at most five
    times the p99 before. Takes a quarter of an hour. Writes build/bench/scaleout.json.
    """
    corpus = prepare(cache_root())
    with stage(keep) as cluster:
        rate, ours = _ours(Bench(cluster, corpus, rate))
        rows = ours + _naive(Bench(cluster, corpus, rate))
    ratios = {row["way"]: row["ratio"] for row in rows if row["phase"] == "during"}
    summary = {"rate": rate, "goal_ratio": GOAL_RATIO, "ours_ratio": ratios["ours"], "naive_ratio": ratios["naive"]}
    publish("scaleout", rows, {**summary, "goal_met": float(ratios["ours"] or "inf") <= GOAL_RATIO})


def _ours(bench: Bench) -> tuple[float, list[Row]]:
    """The operator adds a copy because the spec asks for it."""
    with _filled(bench, "ours", "Auto") as subject:
        address = f"{subject.address}:{GRPC_PORT}"
        with searches(address, subject.api_key, bench.corpus.queries, SLO_MILLISECONDS) as running:
            if (rate := bench.rate) is None:
                click.echo("looking for what one copy can take")
                rate = round(SHARE * capacity(running.load, SLO_MILLISECONDS), 1)
            click.echo(f"ours: the operator adds a copy under {rate} searches per second")
            return rate, _phases("ours", running, rate, lambda: _grow(subject))


def _naive(bench: Bench) -> list[Row]:
    """Somebody scales the StatefulSet and copies the shard by hand; ready is enough to serve."""
    assert bench.rate is not None
    with _filled(bench, "naive", "Observe") as subject, front_door(SLO_MILLISECONDS) as door:
        nodes = Nodes(subject)
        door.serve(nodes.addresses())
        door.await_ready()

        def grow() -> None:
            nodes.scale(2)
            door.serve(nodes.addresses())
            nodes.await_nodes(2)
            client = nodes.client()
            nodes.await_copy(client, nodes.start_copy(client, source=0, target=1))
            client.close()

        with searches(door.address, subject.api_key, bench.corpus.queries, SLO_MILLISECONDS) as running:
            click.echo(f"naive: the same by hand under {bench.rate} searches per second")
            return _phases("naive", running, bench.rate, grow)


@contextmanager
def _filled(bench: Bench, name: str, mode: str) -> Iterator[Tier]:
    """A tier of one node that holds the documents."""
    with tier(bench.cluster, name, _spec(mode, 1)) as subject:
        click.echo(f"{name}: loading the documents")
        fill(subject, bench.corpus)
        yield subject


def _spec(mode: str, least: int) -> dict[str, object]:
    return small_spec(mode=mode, nodes={"min": least, "max": 2}, copies={"min": least, "max": 2})


def _grow(subject: Tier) -> None:
    """Ask for a second copy in the spec, and wait until the operator has finished. Raises TimeoutError."""
    subject.apply(_spec("Auto", 2))
    end = time.monotonic() + _FINISH_SECONDS
    while not any(one["result"] for one in subject.journal["history"]):
        if time.monotonic() > end:
            raise TimeoutError(f"the operator did not finish; `kubectl -n {NAMESPACE} describe vt {subject.name}`")
        time.sleep(_POLL_SECONDS)
    finished = subject.journal["history"][-1]
    if finished["result"] != "Succeeded":
        raise TimeoutError(f"the operator's {finished['kind']} ended as {finished['result']}: {finished['message']}")


def _phases(way: str, running: Searches, rate: float, grow: Callable[[], None]) -> list[Row]:
    running.load.set_rate(rate)
    running.during("warm-up", _WARM_UP_SECONDS)
    running.during("before", _BEFORE_SECONDS)
    running.phase("during")
    grow()
    time.sleep(_ENTER_SECONDS)
    running.during("after", _AFTER_SECONDS)
    running.drain()
    rows: list[Row] = [{"way": way, "phase": name, **running.figures(name)} for name in ("before", "during", "after")]
    before = float(rows[0]["p99_ms"] or 0)
    return [{**row, "ratio": round(float(row["p99_ms"] or 0) / before, 2)} for row in rows]


if __name__ == "__main__":
    start(scaleout)
