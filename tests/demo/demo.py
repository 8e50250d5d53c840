"""The demo from a bare checkout to a verdict, step by step."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cluster import Cluster, FinishedStep
from tests.cluster.external import ExternalCluster, is_external
from tests.cluster.paths import cache_root
from tests.cluster.progress import Progress
from tests.demo import database, tier
from tests.demo.checksum import Contents
from tests.demo.corpus import Corpus, prepare
from tests.demo.database import Address, DatabaseError
from tests.demo.experiment import Experiment, ExperimentError
from tests.demo.kube import Kube
from tests.demo.load import Load, LoadError
from tests.demo.machine import CHECKOUT, about, spent
from tests.demo.page import page
from tests.demo.ports import Ports
from tests.demo.record import Run, Step
from tests.demo.report import report
from tests.demo.search import Target
from tests.demo.story import Look, look
from tests.demo.view import View

OUTPUT = CHECKOUT / "build" / "demo"
CLUSTER = "demo"
SEED = 1


@dataclass(frozen=True, slots=True)
class Stage:
    """What the demo plays on once everything is there."""

    cluster: tier.AnyCluster
    corpus: Corpus
    spec: dict[str, Any]
    address: Address

    @property
    def slo_milliseconds(self) -> int:
        return int(self.spec["slo"]["search"]["p99Milliseconds"])


def run(view: View, seed: int = SEED) -> dict[str, Any]:
    """The whole demo. Returns the report, which is also in build/demo/; the cluster stays up."""
    began = time.monotonic()
    cluster, up = _cluster(view)
    progress = Progress(view.event)
    corpus, spec = _set_up(cluster, progress)
    with tier.front_door(cluster) as address:
        stage = Stage(cluster, corpus, spec, address)
        before = _fill(stage, progress)
        experiment, trouble = _measure(stage, progress, view, seed)
        after, unread = _read_again(stage, progress)
    made = report(
        Run(
            slo_milliseconds=stage.slo_milliseconds,
            seed=seed,
            offered_qps=experiment.state.rate if experiment.state.held else None,
            low_qps=experiment.low_qps,
            one_copy_capacity_qps=experiment.state.kept_qps,
            end=experiment.ended,
            requests=experiment.requests(),
            moments=experiment.moments(),
            shapes=experiment.story.shapes,
            retries=experiment.retries,
            decisions=experiment.story.decisions,
            before=before,
            after=after,
            steps=[Step(**step) for step in (*up, *progress.finished)],
            damping=stage.spec["damping"],
            about={**about("make demo"), **spent(began, (cache_root(), CHECKOUT))},
            stalls=experiment.stalls,
            trouble=" ".join(filter(None, (trouble, unread))),
        )
    )
    write(made, OUTPUT)
    return made


def _cluster(view: View) -> tuple[tier.AnyCluster, list[FinishedStep]]:
    """The local cluster with the operator's image in it, or the one that the environment names, as it is."""
    if is_external():
        return ExternalCluster.from_environment(), []
    cluster = Cluster.up(CLUSTER, "node", view.event)
    return cluster, [*cluster.steps, *cluster.load_operator(view.event)]


def write(made: dict[str, Any], folder: Path) -> None:
    """report.json and report.html."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(made, indent=1) + "\n")
    (folder / "report.html").write_text(page(made))


def _set_up(cluster: tier.AnyCluster, progress: Progress) -> tuple[Corpus, dict[str, Any]]:
    with progress.step("documents and embeddings") as step:
        corpus = prepare(cache_root())
        step.cached = corpus.cached
    with progress.step("install the operator") as step:
        tier.install_operator(cluster, step.say)
    with progress.step("remove the tier of an earlier run"):
        tier.remove_tier(cluster)
    with progress.step("create the tier and wait until it is Ready") as step:
        return corpus, tier.create_tier(cluster, step.say)["spec"]


def _fill(stage: Stage, progress: Progress) -> Contents:
    with progress.step("load the documents") as step, database.connected(stage.address) as client:
        database.load(client, stage.corpus, lambda done, of: step.say(f"{done:,} of {of:,}"))
    return _read(stage, progress)


def _read(stage: Stage, progress: Progress) -> Contents:
    with progress.step("read every document back") as step, database.connected(stage.address) as client:
        return database.read(client, lambda done: step.say(f"{done:,}"))


def _read_again(stage: Stage, progress: Progress) -> tuple[Contents | None, str]:
    """What is there after the run, or why it could not be read: what was measured by then must not be lost with it."""
    try:
        return _read(stage, progress), ""
    except DatabaseError as error:
        return None, str(error)


def _measure(stage: Stage, progress: Progress, view: View, seed: int) -> tuple[Experiment, str]:
    """The experiment, and why it ended early (empty where it did not)."""
    kube = Kube(stage.cluster.kubeconfig)
    target = Target(stage.address.grpc, database.COLLECTION, stage.address.api_key)
    with (
        progress.step("break the promise, watch it being mended, and let the load fall"),
        Load(target, stage.corpus.queries, seed) as load,
    ):
        began_at = time.time()
        ports = Ports(
            look=lambda now: _look(kube, now, began_at),
            retries=kube.gateway_retries,
            show=view.measured,
            pause=lambda paused: tier.pause(stage.cluster, paused),
        )
        experiment = Experiment(load, ports, stage.slo_milliseconds)
        try:
            experiment.run()
        except (ExperimentError, LoadError) as error:
            return experiment, str(error)
    return experiment, ""


def _look(kube: Kube, now: float, began_at: float) -> Look | None:
    found = kube.tier()
    return look(found, now, began_at) if found else None
