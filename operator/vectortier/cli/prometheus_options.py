"""Where Prometheus is and how to be let in: the options of every command that asks it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _headers(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    headers = {}
    for header in given:
        name, colon, value = header.partition(":")
        if not colon or not name.strip():
            raise click.BadParameter(f"'{header}' is no header; write it as 'Name: value'")
        headers[name.strip()] = value.strip()
    return headers


def prometheus_options(*, required: bool) -> Callable[[_Command], _Command]:
    """Adds prometheus_url, prometheus_headers, prometheus_ca and prometheus_token_file to a command."""
    options = (
        click.option(
            "--prometheus-url",
            required=required,
            envvar="VECTORTIER_PROMETHEUS_URL",
            help="For example http://prometheus.monitoring:9090.",
        ),
        click.option(
            "--prometheus-header",
            "prometheus_headers",
            multiple=True,
            callback=_headers,
            help="'Name: value' to send to Prometheus, for example 'X-Scope-OrgID: search'. May be repeated.",
        ),
        click.option(
            "--prometheus-ca", type=click.Path(exists=True, path_type=Path), help="CA bundle for its certificate."
        ),
        click.option(
            "--prometheus-token-file", type=click.Path(path_type=Path), help="File with a bearer token for it."
        ),
    )

    def decorate(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate
