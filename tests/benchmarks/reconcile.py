"""`python -m tests.benchmarks.reconcile`: how fast a change of the spec arrives, and what an idle tier costs."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import click
from kubernetes import config, dynamic

from tests.benchmarks.childwatch import ChildWatch
from tests.benchmarks.command import keep_option, start
from tests.benchmarks.frozen import frozen
from tests.benchmarks.result import Row, percentile, publish
from tests.benchmarks.stage import NAMESPACE, small_spec, stage, tier
from tests.benchmarks.summaries import reconcile_summary
from tests.benchmarks.writes import operators_pod, written
from tests.cluster import Cluster
from tests.installation import OPERATOR_NAMESPACE
from tests.objects import wait_for
from tests.tiers import Tier

GIVE_UP_SECONDS = 30.0
VARIABLE = "BENCH_CHANGE"
SETTLE_SECONDS = 10.0
LOOKS_AFTER_RESTART = 4
_SEED = 1


@click.command(context_settings={"show_default": True})
@click.option("--changes", default=120, type=click.IntRange(1), help="Changes of the spec in each situation.")
@click.option("--idle-seconds", default=60.0, type=click.FloatRange(1), help="How long an idle tier is watched.")
@keep_option
def reconcile(changes: int, idle_seconds: float, keep: bool) -> None:
    """Measure the time from a change of a tier's spec to the StatefulSet that carries it.

    A change is another value of a variable in weaviate.env. Its time runs from just before the request is sent until
    a separate `kubectl get --watch` shows the StatefulSet with that value. It is measured while all is quiet, and
    again while Weaviate hangs (its process is stopped, so it accepts connections and never answers). The goal is a
    p99 of at most 1,000 ms in both.

    Then writes are counted, while the tier is idle and across a restart of the operator: by the operator, by the API
    server (all writers together), and by the versions of the objects. The goal is 0; the Lease of the operator's
    leader is renewed all the time and is left out. Writes build/bench/reconcile.json.
    """
    with stage(keep) as cluster, tier(cluster, "reconcile", small_spec()) as subject:
        rows = [
            _changes(subject, "quiet", changes, contextlib.nullcontext),
            _changes(subject, "Weaviate hangs", changes, lambda: frozen(subject.pods()[0])),
        ]
        subject.await_ready()
        _settle(cluster)
        rows += [_idle(cluster, idle_seconds), _restart(cluster)]
    publish("reconcile", rows, reconcile_summary(rows))


def _changes(subject: Tier, situation: str, count: int, condition: Callable[[], AbstractContextManager[None]]) -> Row:
    """Make so many changes one after another, each at another moment of the operator's own rhythm."""
    draw = random.Random(_SEED)
    write = _writer(subject)
    took: list[float] = []
    watch = ChildWatch(subject.kubectl, subject.namespace, f"{subject.name}-weaviate", VARIABLE)
    with watch, condition():
        for number in range(count):
            value = f"{situation.split(maxsplit=1)[0]}-{number}"
            begin = time.monotonic()
            write(value)
            seen = watch.when(value, GIVE_UP_SECONDS)
            if seen is not None:
                took.append((seen - begin) * 1000)
            if (number + 1) % 20 == 0:
                click.echo(f"{situation}: {number + 1} of {count} changes")
            time.sleep(draw.uniform(0.05, 0.5))
    known = {"p50_ms": percentile(took, 0.5), "p99_ms": percentile(took, 0.99), "max_ms": max(took)} if took else {}
    return {
        "situation": situation,
        "changes": count,
        "not_applied": count - len(took),
        **{name: round(value, 1) for name, value in known.items()},
    }


def _writer(subject: Tier) -> Callable[[str], None]:
    """Sets the variable in the tier's spec, over a connection that is kept."""
    api = config.new_client_from_config(str(subject.kubectl.kubeconfig))  # type: ignore[no-untyped-call]
    client = dynamic.DynamicClient(api)  # type: ignore[no-untyped-call]
    tiers = client.resources.get(api_version="vectortier.dev/v1alpha1", kind="VectorTier")

    def write(value: str) -> None:
        body = {"spec": {"weaviate": {"env": [{"name": VARIABLE, "value": value}]}}}
        tiers.patch(
            body=body, name=subject.name, namespace=subject.namespace, content_type="application/merge-patch+json"
        )

    return write


def _settle(cluster: Cluster) -> None:
    """Wait until nothing has been written for a while: what the changes before have set off is not the idle tier's."""
    click.echo("waiting until nothing changes any more")
    before = written(cluster.kubectl, NAMESPACE)
    changed = time.monotonic()

    def quiet() -> bool | None:
        nonlocal before, changed
        now = written(cluster.kubectl, NAMESPACE)
        if now.versions != before.versions or now.by_server != before.by_server:
            before, changed = now, time.monotonic()
        return True if time.monotonic() - changed >= SETTLE_SECONDS else None

    wait_for("an idle tier to stop changing", quiet, 300)


def _idle(cluster: Cluster, seconds: float) -> Row:
    before = written(cluster.kubectl, NAMESPACE)
    click.echo(f"watching an idle tier for {seconds:.0f} s")
    time.sleep(seconds)
    return {"situation": f"idle for {seconds:.0f} s", **written(cluster.kubectl, NAMESPACE).since(before)}


def _restart(cluster: Cluster) -> Row:
    """End the operator's pod, and wait until its successor leads and has looked at the tier a few times."""
    before = written(cluster.kubectl, NAMESPACE)
    old = operators_pod(cluster.kubectl) or {}
    click.echo("restarting the operator")
    cluster.kubectl("delete", "pod", "-n", OPERATOR_NAMESPACE, old["name"], "--timeout=60s", timeout=70)

    def looked() -> bool | None:
        pod = operators_pod(cluster.kubectl)
        if pod is None or pod["name"] == old["name"]:
            return None
        return True if written(cluster.kubectl, NAMESPACE).looks >= LOOKS_AFTER_RESTART else None

    wait_for("the next operator to look at the tier", looked, 180)
    return {"situation": "restart", **written(cluster.kubectl, NAMESPACE).since(before, restarted=True)}


if __name__ == "__main__":
    start(reconcile)
