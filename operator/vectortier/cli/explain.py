"""`vectortier explain`: a decision as sentences, and whether it would be made again."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from vectortier.cli.cluster_options import cluster_options, reach
from vectortier.cli.files import read_observation, read_spec
from vectortier.cli.recordings import read_look, read_looks, tier_folders, times_of
from vectortier.cli.sentences import sentences
from vectortier.cli.times import moment
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import Kubernetes
from vectortier.clients.kubernetes_errors import KubernetesError
from vectortier.decide.tier import decide
from vectortier.observe.decisions import decisions_name, read_decisions
from vectortier.observe.tier import read_status
from vectortier.report.kept import Kept, UnreadableError, build_kept
from vectortier.report.recompute import why_not_the_same
from vectortier.report.times import timestamp

_Item = TypeVar("_Item")


@dataclass(frozen=True)
class _Question:
    """What is asked, and of what: a tier in a cluster, a recording, or two files."""

    tier: str | None
    namespace: str | None
    kubeconfig: Path | None
    context: str | None
    at: float | None
    """The decision in force at these Unix seconds; None: the newest."""
    verify: bool
    recording: Path | None
    filename: Path | None
    observation: Path | None

    @property
    def from_files(self) -> bool:
        """Whether it is about one decision that two files make."""
        return self.filename is not None or self.observation is not None


@click.command()
@click.argument("tier", required=False)
@cluster_options
@click.option(
    "--at",
    metavar="TIME",
    callback=moment,
    help="The decision in force then: ISO 8601 or Unix seconds; else the newest one.",
)
@click.option("--verify", is_flag=True, help="Make every kept decision again, and say whether it comes out the same.")
@click.option(
    "--recording",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Read what `run --record DIR` has written, instead of a cluster.",
)
@click.option("-f", "--filename", type=click.Path(path_type=Path), help="With --observation: the VectorTier, YAML.")
@click.option(
    "--observation", type=click.Path(path_type=Path), help="With -f: one observation, as `run --record DIR` writes it."
)
def explain(**options: Any) -> None:
    """Say what was decided about a tier and why: in one sentence, then each rule in order with its numbers, what it was
    predicted to cost, and what to do about it.

    The operator keeps the last ten different decisions whole in the ConfigMap TIER-decisions; reading it needs the
    right to get ConfigMaps, and with --recording or -f no cluster at all.

    Exit code 0: said, and with --verify everything came out the same. 1: it could not be said, or did not.

    \b
    Examples:
      vectortier explain tickets -n search
      vectortier explain tickets -n search --at 2026-11-26T09:30:00Z
      vectortier explain tickets -n search --verify
      vectortier explain --recording recorded --verify
      vectortier explain -f tier.yaml --observation recorded/search/tickets/1730000000000.yaml
    """
    asked = _Question(**options)
    _refuse_contradictions(asked)
    if asked.filename is not None and asked.observation is not None:
        _explain_files(asked.filename, asked.observation)
    elif asked.recording is not None:
        _explain_recording(tier_folders(asked.recording, asked.namespace, asked.tier), asked)
    elif asked.tier is not None:
        client, namespace = reach(asked.namespace, asked.kubeconfig, asked.context)
        _explain_live(client, namespace, asked.tier, asked)


def _refuse_contradictions(asked: _Question) -> None:
    if asked.from_files and (asked.filename is None or asked.observation is None):
        raise click.UsageError("-f and --observation belong together")
    if asked.from_files and asked.recording is not None:
        raise click.UsageError("give either --recording, or -f and --observation")
    if asked.from_files and (asked.tier is not None or asked.at is not None or asked.verify):
        raise click.UsageError("-f and --observation are one decision: TIER, --at and --verify do not go with them")
    if asked.recording is None and not asked.from_files and asked.tier is None:
        raise click.UsageError("name a TIER, or give --recording, or -f and --observation")
    if asked.verify and asked.at is not None:
        raise click.UsageError("--verify is about every kept decision: give it without --at")


def _explain_files(filename: Path, observation: Path) -> None:
    spec, observed = read_spec(filename), read_observation(observation)
    _tell(build_kept(spec, observed, decide(spec, observed, observed.now)))


def _explain_recording(folders: list[Path], asked: _Question) -> None:
    if asked.verify:
        _verify(kept for folder in folders for kept in read_looks(folder))
        return
    if len(folders) > 1:
        names = ", ".join(f"{folder.parent.name}/{folder.name}" for folder in folders)
        raise click.ClickException(f"several tiers are recorded: name one with TIER and -n: {names}")
    [folder] = folders
    times = times_of(folder)
    _tell(read_look(folder, _in_force([time / 1000 for time in times], times, asked.at)))


def _explain_live(client: Kubernetes, namespace: str, tier: str, asked: _Question) -> None:
    try:
        kept = read_decisions(client, namespace, tier)
        if not kept:
            raise click.ClickException(_why_nothing_is_kept(client, namespace, tier))
    except (KubernetesError, UnreadableError) as error:
        raise click.ClickException(f"{decisions_name(tier)} in {namespace}: {error}") from error
    if asked.verify:
        _verify(kept)
    else:
        oldest_first = kept[::-1]
        _tell(_in_force([one.at for one in oldest_first], oldest_first, asked.at))


def _why_nothing_is_kept(client: Kubernetes, namespace: str, tier: str) -> str:
    raw = client.find(kinds.VECTOR_TIER, namespace, tier)
    if raw is None:
        return f"there is no VectorTier {tier} in the namespace {namespace}; give -n for another"
    known = read_status(raw).decisions
    if not known:
        return f"nothing was decided about {tier} yet: does the operator watch the namespace {namespace}?"
    last = known[0]
    return (
        f"no decision is kept whole yet in {decisions_name(tier)}; the next different one will be. "
        f"The last one, of {last.time}: {last.action}: {last.message} ({last.reason})"
    )


def _in_force(times: Sequence[float], items: Sequence[_Item], at: float | None) -> _Item:
    """The last of the items that was there at that time; both are the oldest first. Raises ClickException."""
    # Status and messages have whole seconds: who asks with one of those means that very decision.
    known = [item for time, item in zip(times, items, strict=True) if at is None or int(time) <= at]
    if not known:
        raise click.ClickException(
            f"--at is before the oldest decision that is kept, which is of {timestamp(times[0])}"
        )
    return known[-1]


def _tell(kept: Kept) -> None:
    action = kept.plan.get("action") if kept.plan is not None else None
    if kept.plan is None and kept.record["action"] is not None:
        action = {"type": kept.record["action"]}
    for line in sentences(action, kept.record):
        click.echo(line)


def _verify(decisions: Iterable[Kept]) -> None:
    """Say of each whether it comes out as it was. Exit code 1 if one does not, or if none could be compared."""
    same, others, different = 0, 0, False
    for kept in decisions:
        why = why_not_the_same(kept) if kept.whole else "too long to be kept whole: not compared"
        same, others = same + (why is None), others + (why is not None)
        different = different or (kept.whole and why is not None)
        click.echo(f"{timestamp(kept.at)} {kept.record['decision']}: {why or 'the same'}")
    click.echo(f"{same} of {same + others} decisions come out the same.")
    sys.exit(1 if different or not same else 0)
