"""The command line. Each command is imported when it is used: some run beside Weaviate and Envoy for good, where
loading the whole operator would cost memory for nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

_COMMANDS = {
    "run": "vectortier.cli.run:run",
    "plan": "vectortier.cli.plan:plan",
    "explain": "vectortier.cli.explain:explain",
    "simulate": "vectortier.cli.simulation.command:simulate",
    "await-name": "vectortier.cli.await_name:await_name",
    "drain-gateway": "vectortier.cli.drain_gateway:drain_gateway",
    "version": "vectortier.cli.version:version",
}


class _Lazy(click.Group):
    """A group that imports a command only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def make_context(self, *args: Any, **options: Any) -> click.Context:
        """Read the arguments before the command."""
        with _usage_errors_end_with_1():
            return super().make_context(*args, **options)

    def invoke(self, ctx: click.Context) -> Any:
        """Read the arguments of the command, and run it."""
        with _usage_errors_end_with_1():
            return super().invoke(ctx)


@contextmanager
def _usage_errors_end_with_1() -> Iterator[None]:
    """Click ends with 2, which says of a `plan` that something would be done."""
    try:
        yield
    except click.UsageError as error:
        error.show()
        raise click.exceptions.Exit(1) from error


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Keeps a vector database inside its latency promise.

    `run` is the operator. `plan` says what it would do now, `explain` what it has done and why: about a tier in a
    cluster, or from files. `simulate` takes the same decisions under a recorded load. `await-name` and
    `drain-gateway` run beside Weaviate and Envoy in the tiers' pods.
    """
