"""Which cluster and namespace a command looks at: the options that kubectl has for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from vectortier.clients.kubernetes import Kubernetes, connect, default_namespace
from vectortier.clients.kubernetes_errors import KubernetesError

_Command = TypeVar("_Command", bound=Callable[..., Any])


def cluster_options(command: _Command) -> _Command:
    """Adds namespace, kubeconfig and context to a command."""
    options = (
        click.option("-n", "--namespace", help="Namespace of the tier; that of the kubeconfig's context when absent."),
        click.option(
            "--kubeconfig",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Instead of the one that KUBECONFIG names.",
        ),
        click.option("--context", help="Context of the kubeconfig, instead of its current one."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def reach(namespace: str | None, kubeconfig: Path | None, context: str | None) -> tuple[Kubernetes, str]:
    """A client that cannot write, and the namespace. Raises ClickException."""
    try:
        client = connect(kubeconfig, context, may_write=lambda: False)
    except KubernetesError as error:
        raise click.ClickException(str(error)) from error
    return client, namespace or default_namespace(kubeconfig, context)
