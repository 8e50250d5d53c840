"""How a benchmark is started and how it ends: exit code 0, 1 with a sentence, or 130 after Ctrl-C."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import click

from tests.cluster import ClusterError
from tests.demo.database import DatabaseError
from tests.demo.documents import DocumentsError
from tests.demo.load import LoadError

_EXPECTED = (ClusterError, DatabaseError, DocumentsError, LoadError, TimeoutError)
_INTERRUPTED = 130

keep_option = click.option("--keep", is_flag=True, help="Leave the cluster 'bench' up to look at (`make down`).")


def start(command: click.Command) -> None:
    """Run a command; what it set up is taken down on Ctrl-C and on SIGTERM too, even when started in the background."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        command(standalone_mode=False)
    except _EXPECTED as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("\nStopped; nothing is written.", err=True)
        sys.exit(_INTERRUPTED)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
