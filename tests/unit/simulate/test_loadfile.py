"""Loads from CSV files: what is read, and what is said about those that cannot be used."""

import pytest

from vectortier.simulate.load.loadfile import LoadError, parse_load


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def test_rates_under_a_heading_are_one_for_each_second() -> None:
    rates = parse_load(lines("qps\n1\n2.5\n0\n"))
    assert list(rates.searches) == [1.0, 2.5, 0.0]
    assert list(rates.writes) == [0.0, 0.0, 0.0]


def test_numbers_without_a_heading_are_rates() -> None:
    assert list(parse_load(lines("157\n158\n")).searches) == [157.0, 158.0]


def test_writes_may_stand_beside_searches() -> None:
    rates = parse_load(lines("qps,writes_per_second\n1,10\n2,20\n"))
    assert (list(rates.searches), list(rates.writes)) == ([1.0, 2.0], [10.0, 20.0])


def test_blank_lines_at_the_end_are_no_gap() -> None:
    assert len(parse_load(lines("qps\n1\n\n\n")).searches) == 1


def test_timestamps_are_counted_in_each_second_from_the_first_one() -> None:
    rates = parse_load(lines("timestamp\n1700000000.5\n1700000000.9\n1700000001.4\n1700000003.6\n"))
    assert list(rates.searches) == [3.0, 0.0, 0.0, 1.0]


def test_timestamps_may_be_iso_8601() -> None:
    rates = parse_load(lines("timestamp\n2026-01-01T00:00:00Z\n2026-01-01T00:00:00\n2026-01-01T01:00:01+01:00\n"))
    assert list(rates.searches) == [2.0, 1.0]


def test_a_quiet_night_is_no_gap() -> None:
    """Rows that are minutes apart anyway may pause for an hour."""
    times = [i * 60 for i in range(100)]
    rates = parse_load(["timestamp\n", *(f"{t}\n" for t in times), f"{times[-1] + 3600}\n"])
    assert sum(rates.searches) == 101


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", None, "the file is empty"),
        ("qps\n", None, "no rates"),
        ("timestamp\n", None, "no timestamps"),
        ("qps\n1\n-2\n", 3, "qps is -2, but must not be negative"),
        ("qps\n1\nnan\n", 3, "qps is nan, but must be a finite number"),
        ("1\ninf\n", 2, "qps is inf, but must be a finite number"),
        ("qps\n1\nmany\n", 3, "qps is 'many', but must be a number"),
        ("qps\n1\n\n3\n", 3, "the line is empty: a load must have no gaps"),
        ("\n1\n", 1, "the line is empty: a load must have no gaps"),
        ("qps\n1,2\n", 2, "the line has 2 values, but must have 1"),
        ("qps,writes_per_second\n1,2\n1,-3\n", 3, "writes_per_second is -3"),
        ("rate\n1\n", 1, "the first line is 'rate', but must be 'qps'"),
        ("timestamp\n5\n4\n", 3, "earlier than the one before it"),
        ("timestamp\n2026-01-01T00:00:00Z\nyesterday\n", 3, "timestamp is 'yesterday'"),
        ("timestamp\n1,2\n", 2, "the line has 2 values, but must have 1"),
        ("timestamp\n0\n1700000000\n", 3, "must span at most a year"),
    ],
)
def test_a_load_that_cannot_be_used_is_refused_with_its_line(text: str, line: int | None, said: str) -> None:
    with pytest.raises(LoadError, match=said) as caught:
        parse_load(lines(text))
    assert caught.value.line == line


def test_a_pause_in_which_nobody_recorded_is_a_gap() -> None:
    times = [*range(1000), 2000]
    with pytest.raises(LoadError, match="must have no gaps") as caught:
        parse_load(["timestamp\n", *(f"{t}\n" for t in times)])
    assert caught.value.line == 1002
