"""Reading a load from the lines of a CSV file.

Three forms, told apart by the first line:
- `qps`, optionally followed by the column `writes_per_second`: one row for each second;
- `timestamp`: one row for each search, in order of time, as Unix seconds or ISO 8601; the rows of each second are
  counted;
- no heading but a number: as under `qps`.
"""

import csv
import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import pairwise

from vectortier.simulate.rates import Rates

QPS, WRITES, TIMESTAMP = "qps", "writes_per_second", "timestamp"

LONGEST_PAUSE_SECONDS = 300.0
PAUSE_FACTOR = 100.0
"""Recorded searches that pause for longer than this, and than so many times their mean distance, have a gap: somebody
did not record. Shorter pauses may be quiet nights."""
LONGEST_SECONDS = 366 * 86_400
"""A load is at most a year long: a longer one is a mistake in a timestamp, and would not fit into memory."""

Row = tuple[int, list[str]]


class LoadError(ValueError):
    """A load that cannot be used; `line` counts from 1 and is None when the matter is the file as a whole."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def parse_load(lines: Iterable[str]) -> Rates:
    """The rates in the lines of a file. Raises LoadError for the first line that is wrong."""
    rows = _rows(lines)
    first = next(rows, None)
    if first is None:
        raise LoadError("the file is empty")
    heading = [cell.strip() for cell in first[1]]
    if heading == [TIMESTAMP]:
        return _counted(rows)
    if heading in ([QPS], [QPS, WRITES]):
        return _rates(rows, heading)
    if len(heading) == 1 and _is_number(heading[0]):
        return _rates(_again(first, rows), [QPS])
    raise LoadError(
        f"the first line is '{','.join(heading)}', but must be '{QPS}', '{QPS},{WRITES}' or '{TIMESTAMP}', "
        "or a rate where there is no heading",
        first[0],
    )


def _again(first: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rows


def _rows(lines: Iterable[str]) -> Iterator[Row]:
    """Each row with its line; blank lines at the end of the file are no rows, others are gaps."""
    blank: int | None = None
    reader = csv.reader(lines)
    try:
        for row in reader:
            if not "".join(row).strip():
                blank = blank or reader.line_num
                continue
            if blank is not None:
                raise LoadError("the line is empty: a load must have no gaps", blank)
            yield reader.line_num, row
    except csv.Error as error:
        raise LoadError(f"the line is not CSV: {error}", reader.line_num) from error


def _rates(rows: Iterator[Row], columns: list[str]) -> Rates:
    values: list[list[float]] = [[] for _ in columns]
    for line, row in rows:
        if len(row) != len(columns):
            raise LoadError(f"the line has {len(row)} values, but must have {len(columns)}: {','.join(columns)}", line)
        for column, name, text in zip(values, columns, row, strict=True):
            column.append(_rate(name, text, line))
    searches = values[0]
    if not searches:
        raise LoadError("the file has a heading and no rates")
    return Rates(searches, values[1] if len(values) > 1 else [0.0] * len(searches))


def _rate(name: str, text: str, line: int) -> float:
    value = _number(text, name, line)
    if value < 0:
        raise LoadError(f"{name} is {text.strip()}, but must not be negative", line)
    return value


def _number(text: str, name: str, line: int) -> float:
    try:
        value = float(text)
    except ValueError:
        raise LoadError(f"{name} is '{text.strip()}', but must be a number", line) from None
    if not math.isfinite(value):
        raise LoadError(f"{name} is {text.strip()}, but must be a finite number", line)
    return value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _counted(rows: Iterator[Row]) -> Rates:
    """Searches in each second from the first to the last one."""
    times: list[float] = []
    lines: list[int] = []
    for line, row in rows:
        if len(row) != 1:
            raise LoadError(f"the line has {len(row)} values, but must have 1: {TIMESTAMP}", line)
        time = _time(row[0], line)
        if times and time < times[-1]:
            raise LoadError("the timestamp is earlier than the one before it, but rows must be in order of time", line)
        times.append(time)
        lines.append(line)
    if not times:
        raise LoadError("the file has a heading and no timestamps")
    _refuse_gaps(times, lines)
    counts = [0.0] * (int(times[-1] - times[0]) + 1)
    for time in times:
        counts[int(time - times[0])] += 1
    return Rates(counts, [0.0] * len(counts))


def _refuse_gaps(times: list[float], lines: list[int]) -> None:
    length = times[-1] - times[0]
    if length > LONGEST_SECONDS:
        raise LoadError(f"the timestamps span {length / 86_400:.0f} days, but must span at most a year", lines[-1])
    limit = max(LONGEST_PAUSE_SECONDS, PAUSE_FACTOR * length / len(times))
    for (before, after), line in zip(pairwise(times), lines[1:], strict=True):
        if after - before > limit:
            raise LoadError(
                f"the timestamp is {after - before:.0f} s after the one before it, but a load must have no gaps "
                f"(here: of more than {limit:.0f} s)",
                line,
            )


def _time(text: str, line: int) -> float:
    """Unix seconds; ISO 8601 without an offset is taken for UTC."""
    if _is_number(text):
        return _number(text, TIMESTAMP, line)
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError:
        raise LoadError(f"{TIMESTAMP} is '{text.strip()}', but must be Unix seconds or ISO 8601", line) from None
    return (time if time.tzinfo is not None else time.replace(tzinfo=UTC)).timestamp()
