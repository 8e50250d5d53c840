"""The stream of `vectortier plan --stream`: from standard input to standard output."""

import json
import sys

import click

from vectortier.api.vectortier import VectorTierSpec
from vectortier.stream.answer import Stream
from vectortier.stream.line import LineError, parse_line


def answer_stream(spec: VectorTierSpec) -> None:
    """Answer each line at once, until there are no more. Raises ClickException for the first that cannot be used."""
    stream = Stream(spec)
    for number, text in enumerate(sys.stdin.buffer, 1):
        try:
            answer = stream.answer(parse_line(text))
        except LineError as error:
            raise click.ClickException(f"line {number}: {error}") from error
        # Whoever plays the tier waits for the answer before it writes the next line.
        click.echo(json.dumps(answer.as_json()))
