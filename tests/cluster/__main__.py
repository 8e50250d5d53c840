"""`python -m tests.cluster`: the local cluster from a shell."""

from __future__ import annotations

import shlex
import signal
import sys
from pathlib import Path
from types import FrameType

import click

from tests.cluster import Cluster, ClusterError, all_clusters, print_plainly
from tests.cluster.disk import named_when_full
from tests.cluster.fetch import fetch_all
from tests.cluster.machine.facts import inspect
from tests.cluster.machine.preflight import problems

_INTERRUPTED = 130


@click.group()
def main() -> None:
    """A Kubernetes cluster on this machine, built from package registries alone."""


NAME = click.option("--name", default="demo", show_default=True, help="Which cluster.")
SIZE = click.option("--size", type=click.Choice(["node", "control-plane"]), default="node", show_default=True)


@main.command()
@NAME
@SIZE
def up(name: str, size: str) -> None:
    """Bring a cluster up.

    A control plane listens on ports of loopback that are free; VECTORTIER_FIRST_PORT=16443 gives it 16443 (the API
    server) and the five after it instead.
    """
    cluster = Cluster.up(name, "node" if size == "node" else "control-plane", print_plainly)
    click.echo(f"{name} is up: export KUBECONFIG={cluster.kubeconfig}")


@main.command()
@NAME
@click.option("--all", "everything", is_flag=True, help="All clusters of this checkout.")
def down(name: str, everything: bool) -> None:
    """Take a cluster down; nothing of it stays."""
    for cluster in all_clusters() if everything else [Cluster(name)]:
        was_running = cluster.down()
        click.echo(f"{cluster.name} is down" if was_running else f"{cluster.name} was not running")


@main.command()
def status() -> None:
    """Show every cluster and its components; exit code 1 if one of them is not well."""
    well = True
    for cluster in all_clusters():
        well = _show(cluster) and well
    sys.exit(0 if well else 1)


def _show(cluster: Cluster) -> bool:
    state = cluster.state
    if state is None or not cluster.running:
        click.echo(f"{cluster.name}: not running (its files are in {cluster.run_dir})")
        return False
    click.echo(f"{cluster.name}: {state.size}, {'ready' if state.all_ready else 'NOT WELL'}")
    for name, component in state.components.items():
        trouble = f", restarted {component.restarts} times, {component.last_exit}" if component.last_exit else ""
        click.echo(f"  {name}: {component.status}{trouble}")
        if component.status != "ready":
            for line in component.last_log:
                click.echo(f"    {line}")
    return state.all_ready


@main.command()
@NAME
def env(name: str) -> None:
    """Print shell commands that point KUBECONFIG and PATH at a cluster."""
    found = Cluster(name).environment
    click.echo(f"export KUBECONFIG={shlex.quote(found['KUBECONFIG'])}")
    click.echo(f"export PATH={shlex.quote(found['PATH'])}:$PATH")


@main.command()
@NAME
@click.argument("component")
def logs(name: str, component: str) -> None:
    """Print the log of a component (or `supervisor`)."""
    file = Cluster(name).run_dir / "logs" / f"{component}.log"
    if not file.is_file():
        known = ", ".join(sorted(path.stem for path in file.parent.glob("*.log"))) or "none"
        raise ClusterError(f"{name} has no log of {component}.", f"There are: {known}.")
    click.echo(file.read_text(errors="replace"), nl=False)


@main.command()
@SIZE
def fetch(size: str) -> None:
    """Build and download everything that a cluster needs, without starting one."""
    with named_when_full():
        steps = fetch_all("node" if size == "node" else "control-plane", print_plainly)
    for step in steps:
        click.echo(f"{step['seconds']:8.1f} s  {step['name']}{' (cached)' if step['cached'] else ''}")


@main.command("load-image")
@NAME
@click.argument("archive", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load_image(name: str, archive: Path | None) -> None:
    """Give a node an image: an OCI or Docker ARCHIVE, or by default the operator, built from the Dockerfile."""
    if archive is None:
        Cluster(name).load_operator(print_plainly)
    else:
        Cluster(name).load_image(archive)


@main.command()
@SIZE
def doctor(size: str) -> None:
    """Say whether this machine can run a cluster, and what to do if not."""
    found = problems(inspect(size), size)
    for problem in found:
        click.echo(f"- {problem}")
    if found:
        sys.exit(1)
    click.echo(f"This machine can run a cluster of the size {size}.")


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _run() -> int:
    """Runs the command; the exit code is 0, 1 with a sentence, 2 for wrong words, or 130 after Ctrl-C."""
    # Also when a shell started this in the background, where Ctrl-C would be ignored, and when it is told to end.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        main(standalone_mode=False)
    except ClusterError as error:
        click.echo(f"error: {error}", err=True)
        return 1
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("Stopped.", err=True)
        return _INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(_run())
