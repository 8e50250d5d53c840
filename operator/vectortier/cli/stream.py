"""The stream of `vectortier plan --stream`: from standard input to standard output."""

import json
import sys

import click

from vectortier.api.vectortier import VectorTierSpec
from vectortier.stream.answer import Answer, Stream
from vectortier.stream.line import LineError, parse_line, parse_object, unknown_fields


def answer_stream(spec: VectorTierSpec) -> None:
    """Answer each line at once, until there are no more. Raises ClickException for the first that cannot be used."""
    if sys.stdin is None:
        raise click.ClickException("standard input is closed, but must have the observations, one a line")
    stream, warned = Stream(spec), set[str]()
    for number, text in enumerate(sys.stdin.buffer, 1):
        try:
            told = parse_object(text)
            answer = stream.answer(parse_line(told))
        except LineError as error:
            raise click.ClickException(f"line {number}: {error}") from error
        for name, warning in unknown_fields(told.keys() - warned):
            click.echo(f"line {number}: {warning}", err=True)
            warned.add(name)
        _write(answer)


def _write(answer: Answer) -> None:
    """At once: whoever plays the tier waits for the answer before it writes the next line."""
    try:
        click.echo(json.dumps(answer.as_json()))
    except BrokenPipeError:
        raise  # whoever read the answers has gone, and knows
    except OSError as error:
        raise click.ClickException(f"cannot write the answer: {error.strerror}") from error
