"""The load of a simulation: from a file, or from what Prometheus has recorded of the tier."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from vectortier.cli.files import TierFile
from vectortier.cli.simulation.files import read_load
from vectortier.clients.errors import ClientError, Invalid, NotFound, Unauthorized, Unreachable
from vectortier.clients.http import Deadlines
from vectortier.clients.prometheus import Prometheus, PrometheusSettings
from vectortier.observe.history import PartialHistoryError, Point, read_history
from vectortier.simulate.load.loadfile import LONGEST_SECONDS, LoadError
from vectortier.simulate.load.recorded import Known, bridged
from vectortier.simulate.rates import INTERVAL_SECONDS, Rates

_DEADLINES = Deadlines(connect=5.0, read=30.0, total=30.0)
"""Of each query; an answer of thousands of points takes longer than a look of the operator may."""
_ATTEMPTS = 3
_UNITS = {"m": 60, "h": 3600, "d": 86_400}

_REMEDIES: dict[type[ClientError], str] = {
    Unreachable: "Is --prometheus-url right, and can it be reached from here? To one inside a cluster leads, for "
    "example, kubectl -n monitoring port-forward svc/prometheus 9090",
    Unauthorized: "Check --prometheus-header and --prometheus-token-file",
    NotFound: "Does --prometheus-url lead to Prometheus' API? Behind Mimir or Thanos it has a path",
    Invalid: "Does --prometheus-url lead to Prometheus' API? Behind Mimir or Thanos it has a path",
    PartialHistoryError: "Wait until all of its stores answer, or ask for less with --since",
}


@dataclass(frozen=True)
class Load:
    """The rates, what to call them, and for recorded ones how much of them is known."""

    rates: Rates
    name: str
    known: Known | None = None


@dataclass(frozen=True)
class Server:
    """What the command line says of Prometheus."""

    url: str
    headers: Mapping[str, str]
    ca: Path | None
    token_file: Path | None


def since(_: click.Context, __: click.Parameter, text: str | None) -> int | None:
    """A time to look back, such as 14d, in seconds."""
    if text is None:
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,5})([mhd])", text)
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not 600 <= seconds <= LONGEST_SECONDS:
        raise click.BadParameter(f"'{text}' must be a time from 10m to 366d, such as 14d, 36h or 90m")
    return seconds


def load_from_file(path: Path) -> Load:
    """The load in a CSV file. Raises ClickException."""
    return Load(read_load(path), path.name)


def load_from_history(tier: TierFile, seconds: int, server: Server) -> Load:
    """What the tier has been asked for lately. Raises ClickException with what to do."""
    end = time.time() // INTERVAL_SECONDS * INTERVAL_SECONDS
    start = end - seconds + INTERVAL_SECONDS
    points = _read(tier, start, end, server)
    whose = f"{tier.namespace}/{tier.required_name}"
    if not any(points):
        raise click.ClickException(
            f"Prometheus at {server.url} has no rate of searches of the tier {whose} in that time: check "
            "metadata.name and metadata.namespace of the file, and that Prometheus scrapes the gateway's port 'stats' "
            "every 15 or 30 s (docs/quick-start.md)"
        )
    try:
        rates, known = bridged(points, start)
    except LoadError as error:
        raise click.ClickException(
            f"the history of {whose} at {server.url} cannot be used: {error}; choose another time with --since"
        ) from error
    click.echo(f"{whose}: {known.sentence()}", err=True)
    return Load(rates, f"the history of {whose}", known)


def _read(tier: TierFile, start: float, end: float, server: Server) -> list[Point | None]:
    prometheus = Prometheus(
        PrometheusSettings(
            url=server.url,
            headers=server.headers,
            bearer_token_file=server.token_file,
            ca_file=server.ca,
            deadlines=_DEADLINES,
        ),
        attempts=_ATTEMPTS,
    )
    try:
        return read_history(
            prometheus, tier.namespace, tier.required_name, start=start, end=end, step=INTERVAL_SECONDS, tell=_tell
        )
    except ClientError as error:
        remedy = _REMEDIES.get(type(error), "Try again later, or ask for less with --since")
        raise click.ClickException(f"cannot read the history from {server.url}: {error}. {remedy}") from error
    finally:
        prometheus.close()


def _tell(share: float) -> None:
    if share < 1.0:
        click.echo(f"read {share:.0%} of the history", err=True)
