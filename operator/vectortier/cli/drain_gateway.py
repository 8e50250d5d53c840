"""`vectortier drain-gateway`: asks Envoy to let its clients go when the pod is told to stop.

It runs as the main container of a gateway's pod, with Envoy as its sidecar: Kubernetes stops a sidecar only after
the main container has ended, so Envoy serves until this program is done.
"""

import http.client
import re
import signal
import time

import click

_TIMEOUT_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.5

_FAIL_HEALTH = "/healthcheck/fail"
_DRAIN = "/drain_listeners?graceful&skip_exit"
_ACTIVE = "/stats?filter=^http\\.(grpc|rest)\\.downstream_rq_active$"


@click.command("drain-gateway")
@click.option("--admin", required=True, help="host:port of Envoy's admin interface.")
@click.option("--leave-seconds", default=5, show_default=True, help="Serve on while the Service forgets the pod.")
@click.option("--drain-seconds", default=25, show_default=True, help="Wait so long for requests in flight.")
def drain_gateway(admin: str, leave_seconds: int, drain_seconds: int) -> None:
    """Wait for the signal to stop, then drain Envoy; the main container of the gateway's pod."""
    stop = {signal.SIGTERM, signal.SIGINT}
    # Blocked, so that a signal that comes before the wait is not lost.
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    click.echo("waiting for the signal to stop")
    signal.sigwait(stop)
    ask(admin, "POST", _FAIL_HEALTH)
    click.echo("Envoy reports itself unready and serves on while the Service forgets it")
    time.sleep(leave_seconds)
    ask(admin, "POST", _DRAIN)
    click.echo("Envoy is draining: its clients are asked to leave")
    left = _await_idle(admin, time.monotonic() + drain_seconds)
    click.echo(f"done with {left} requests in flight")


def _await_idle(admin: str, deadline: float) -> int:
    while (active := requests_in_flight(ask(admin, "GET", _ACTIVE))) and time.monotonic() < deadline:
        time.sleep(_LOOK_AGAIN_SECONDS)
    return active


def requests_in_flight(stats: str) -> int:
    """The sum of the gauges in what Envoy's admin interface prints."""
    return sum(int(value) for value in re.findall(r"^\S+: (\d+)$", stats, re.MULTILINE))


def ask(admin: str, method: str, path: str) -> str:
    """What Envoy's admin interface at host:port `admin` answers. Raises ClickException when it refuses."""
    connection = http.client.HTTPConnection(admin, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        said = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        raise click.ClickException(f"Envoy's admin interface at {admin} does not answer: {error}") from error
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise click.ClickException(f"Envoy refused {path}: {answer.status} {answer.reason}")
    return said
