"""`vectortier run`: the operator."""

import asyncio
import logging
import os
import secrets
import socket
import sys
from pathlib import Path

import click

from vectortier.cli.prometheus_options import prometheus_options
from vectortier.clients.kubernetes_errors import KubernetesError
from vectortier.runtime.logs import configure
from vectortier.runtime.operator import Operator, StartError
from vectortier.runtime.settings import Settings

_log = logging.getLogger(__name__)


@click.command(context_settings={"auto_envvar_prefix": "VECTORTIER", "show_default": True})
@click.option(
    "--namespace",
    "namespaces",
    multiple=True,
    required=True,
    envvar="VECTORTIER_NAMESPACES",
    help="Namespace to watch; give it once for each. Needs the Role of manifests/components/watched-namespace there.",
)
@click.option(
    "--operator-namespace",
    envvar="POD_NAMESPACE",
    default="vectortier-system",
    help="Where the operator itself runs.",
)
@click.option("--operator-image", required=True, help="Image of the operator, for the small programs in tiers' pods.")
@click.option("--xds-address", required=True, help="host:port at which gateways reach this operator's --xds-port.")
@prometheus_options(required=True)
@click.option(
    "--weaviate-url",
    default="http://{ip}:8080",
    help="How a node is reached; {ip}, {pod}, {ordinal} and {namespace} are filled in.",
)
@click.option(
    "--weaviate-cluster-url",
    default="http://{ip}:7947",
    help="The same for the port through which nodes talk to each other: raft is told there to forget a node.",
)
@click.option("--lease-namespace", help="Where the leaders' Lease is; the operator's namespace when absent.")
@click.option("--lease-seconds", default=15.0, type=click.FloatRange(3.0), help="After this silence another leads.")
@click.option("--resync-seconds", default=15.0, type=click.FloatRange(1.0), help="Look at each tier this often.")
@click.option("--look-seconds", default=6.0, type=click.FloatRange(0.5), help="Wait so long for Weaviate, Prometheus.")
@click.option("--xds-port", default=18000, type=click.IntRange(0, 65535), help="Endpoint discovery for gateways.")
@click.option("--metrics-port", default=8000, type=click.IntRange(0, 65535), help="/metrics.")
@click.option("--probe-port", default=8081, type=click.IntRange(0, 65535), help="/healthz and /readyz.")
@click.option(
    "--record", type=click.Path(file_okay=False, path_type=Path), help="Write every observation and decision there."
)
@click.option(
    "--record-keep",
    default=5760,
    type=click.IntRange(1),
    help="Looks at each tier that stay in --record; the default is a day of a tier at rest.",
)
@click.option("--log-level", default="info", type=click.Choice(["debug", "info", "warning", "error"]))
def run(log_level: str, **options: object) -> None:
    """Run the operator until it is told to stop.

    Every option can be set in the environment as VECTORTIER_ and its name, for example VECTORTIER_PROMETHEUS_URL;
    several namespaces in VECTORTIER_NAMESPACES are separated by spaces. The cluster is the one that the pod runs in,
    else the one that KUBECONFIG names.
    """
    configure(log_level)
    name = os.environ.get("POD_NAME") or socket.gethostname()
    settings = Settings(identity=f"{name}_{secrets.token_hex(4)}", **options)  # type: ignore[arg-type]
    sys.exit(asyncio.run(_run(settings)))


async def _run(settings: Settings) -> int:
    try:
        operator = Operator(settings)
        await operator.run()
    except (StartError, KubernetesError, OSError) as error:
        _log.error("cannot start: %s", error)
        _leave(1)
    _leave(1 if operator.health.failure else 0)
    return 0


def _leave(code: int) -> None:
    """End now: threads may still wait for a service that hangs, and nothing that they could do is wanted any more."""
    logging.shutdown()
    os._exit(code)
