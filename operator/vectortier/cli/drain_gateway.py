"""`vectortier drain-gateway`: asks Envoy to let its clients go when the pod is told to stop."""

import http.client
import signal

import click

_DRAIN_PATH = "/drain_listeners?graceful&skip_exit"
_TIMEOUT_SECONDS = 5.0


@click.command("drain-gateway")
@click.option("--admin", required=True, help="host:port of Envoy's admin interface.")
def drain_gateway(admin: str) -> None:
    """Wait for the signal to stop, then start Envoy's graceful drain; runs beside Envoy in the gateway's pod."""
    stop = {signal.SIGTERM, signal.SIGINT}
    # Blocked, so that a signal that comes before the wait is not lost.
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    click.echo("waiting for the signal to stop")
    signal.sigwait(stop)
    start_drain(admin)
    click.echo("Envoy is draining: its clients are asked to leave")


def start_drain(admin: str) -> None:
    """Ask the Envoy whose admin interface is at host:port `admin` to drain. Raises ClickException when it refuses."""
    connection = http.client.HTTPConnection(admin, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request("POST", _DRAIN_PATH)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise click.ClickException(f"Envoy's admin interface at {admin} does not answer: {error}") from error
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise click.ClickException(f"Envoy refused to drain: {answer.status} {answer.reason}")
