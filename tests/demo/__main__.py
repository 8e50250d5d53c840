"""`python -m tests.demo`: the whole demo, or one piece of it."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import click

from tests.cluster import Cluster, ClusterError
from tests.cluster.external import is_external
from tests.cluster.paths import cache_root
from tests.demo import database, demo
from tests.demo.corpus import prepare
from tests.demo.database import Address, DatabaseError
from tests.demo.documents import DocumentsError
from tests.demo.embeddings import EmbeddingsError
from tests.demo.lateness import lateness
from tests.demo.load import Load, LoadError
from tests.demo.page import page
from tests.demo.phases import Span, figures
from tests.demo.search import Target
from tests.demo.view import view_for

EXPECTED = (ClusterError, DatabaseError, DocumentsError, EmbeddingsError, LoadError)
INTERRUPTED = 130


@click.group(invoke_without_command=True)
@click.option("--seed", default=demo.SEED, show_default=True, help="Seed of the load.")
@click.pass_context
def main(context: click.Context, seed: int) -> None:
    """From a bare checkout to a real Weaviate that the operator brings back inside its SLO."""
    if context.invoked_subcommand is None:
        with view_for(sys.stdout.isatty()) as view:
            made = demo.run(view, seed)
        _conclude(made)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--rest-port", default=8080, show_default=True)
@click.option("--grpc-port", default=50051, show_default=True)
@click.option("--api-key")
def documents(host: str, rest_port: int, grpc_port: int, api_key: str | None) -> None:
    """Load the documents into any Weaviate, read them back and print their checksum."""
    corpus = prepare(cache_root())
    with database.connected(Address(host, rest_port, grpc_port, api_key)) as client:
        database.load(client, corpus, lambda done, of: click.echo(f"{done:,} of {of:,}"))
        found = database.read(client, lambda done: None)
    click.echo(f"{found.documents} documents, checksum {found.checksum}")


@main.command()
@click.option("--target", "address", default="127.0.0.1:50051", show_default=True, help="Address of the gRPC port.")
@click.option("--api-key")
@click.option("--rate", type=float, required=True, help="Searches per second.")
@click.option("--seconds", type=float, default=30.0, show_default=True)
@click.option("--slo", type=float, default=250.0, show_default=True, help="Milliseconds.")
@click.option("--seed", default=demo.SEED, show_default=True)
def load(address: str, api_key: str | None, rate: float, seconds: float, slo: float, seed: int) -> None:
    """Search any Weaviate that holds the documents at a rate, and print what its clients saw."""
    corpus = prepare(cache_root())
    with Load(Target(address, database.COLLECTION, api_key), corpus.queries, seed) as running:
        running.set_rate(rate)
        begin = time.monotonic()
        time.sleep(seconds)
        running.check()
        running.drain()
        requests = running.log.since(begin)
    click.echo(json.dumps(figures(requests, Span(begin, begin + seconds), slo).as_json(), indent=1))
    click.echo(f"the generator itself: {lateness(requests)}")


@main.command()
@click.argument("report", type=click.Path(exists=True, path_type=Path), default=demo.OUTPUT / "report.json")
def html(report: Path) -> None:
    """Make report.html anew from a report.json."""
    target = report.with_suffix(".html")
    target.write_text(page(json.loads(report.read_text())))
    click.echo(target)


def _conclude(made: dict[str, object]) -> None:
    verdict = made["verdict"]
    assert isinstance(verdict, dict)
    click.echo()
    for check in verdict["checks"]:
        click.echo(f"  {'ok    ' if check['passed'] else 'FAILED'} {check['name']}: {check['message']}")
    local = Cluster(demo.CLUSTER).run_dir
    reach = "" if is_external() else f"  export KUBECONFIG={local / 'kubeconfig'} PATH={local / 'bin'}:$PATH\n"
    click.echo(f"""
The report: {demo.OUTPUT / "report.html"} (and report.json beside it)
The cluster is still up. Look at it:
{reach}  kubectl -n demo get vt -w                 what the operator thinks, as it changes
  kubectl -n demo describe vt demo          its last decisions, with their numbers
  kubectl -n monitoring get svc prometheus  Prometheus answers at that address, port 9090
Once more: make demo. Remove the local cluster: make down""")
    sys.exit(0 if verdict["passed"] else 1)


if __name__ == "__main__":
    try:
        main(standalone_mode=False)
    except EXPECTED as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("\nStopped. What is up stays up: `make demo` starts again, `make down` removes it.", err=True)
        sys.exit(INTERRUPTED)
