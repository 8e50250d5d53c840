"""A line that cannot be used is refused with the field, its value and what would be right."""

import json
from typing import Any

import pytest

from tests.unit.stream.lines import told
from vectortier.stream.line import Gap, Line, LineError, parse_line, parse_object, unknown_fields


def parsed(fields: Any) -> Line | Gap:
    return parse_line(parse_object(json.dumps(fields).encode() + b"\n"))


def test_a_whole_line_is_read() -> None:
    line = parsed(told(bad=7, nodes=3))
    assert isinstance(line, Line)
    assert (line.bad, line.nodes, line.memory_utilisation) == (7, 3, (0.5, 0.5, 0.5))


def test_without_metrics_the_other_fields_may_be_absent() -> None:
    assert parsed({"missing": True}) == Gap()
    assert parsed({"missing": True, "now": 5}) == Gap(now=5.0)


def test_what_is_not_known_may_be_absent_or_null() -> None:
    few = {name: value for name, value in told().items() if not name.endswith("_utilisation")}
    line = parsed({**few, "p99_ms": None, "p50_ms": float("nan"), "note": "of a newer version"})
    assert isinstance(line, Line)
    assert (line.p99_ms, line.p50_ms, line.cpu_utilisation) == (None, None, None)
    one = parsed(told(cpu_utilisation=[0.5, None]))
    assert isinstance(one, Line)
    assert one.cpu_utilisation == (0.5, None)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"requests": -1}, "requests is -1, but must be a number of at least 0"),
        ({"requests": float("nan")}, "requests is NaN, but must be a number of at least 0"),
        ({"qps": float("inf")}, "qps is Infinity, but must be a number of at least 0"),
        ({"bad": "few"}, 'bad is "few", but must be a number of at least 0'),
        ({"window_seconds": 0}, "window_seconds is 0, but must be a number above 0"),
        ({"now": None}, "now is null, but must be Unix seconds"),
        ({"nodes": 0}, "nodes is 0, but must be a whole number from 1 to 1000"),
        ({"serving": 1.5}, "serving is 1.5, but must be a whole number from 0 to 1000"),
        ({"cpu_utilisation": 0.5}, "cpu_utilisation is 0.5, but must be a list with one share"),
        ({"disk_utilisation": [0.3, -1]}, "disk_utilisation[1] is -1, but must be a list with one share"),
        ({"collections": ["Ticket"]}, 'collections is ["Ticket"], but must be an object with the searches per second'),
        ({"collections": {"Ticket": -1}}, "collections is -1, but must be an object with the searches per second"),
        ({"missing": "no"}, 'missing is "no", but must be true or false'),
    ],
)
def test_a_value_that_cannot_be_is_named_with_what_would_be_right(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(LineError) as refusal:
        parsed(told(**changes))
    assert str(refusal.value).startswith(said)


@pytest.mark.parametrize("name", ["now", "requests", "bad", "nodes", "serving", "copies", "copying", "copy_seconds"])
def test_a_field_that_is_absent_is_named(name: str) -> None:
    fields = told()
    del fields[name]
    with pytest.raises(LineError, match=f"^{name} is absent, but must be "):
        parsed(fields)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\n", "it must be one JSON object, but: the line is empty"),
        (b'{"now": 1,\n', "it must be one JSON object, but: Expecting property name"),
        (b"[1]\n", "it is [1], but must be one JSON object"),
        (b"\xff\n", "it is not UTF-8: invalid start byte at byte 1"),
        (b"[" * 100_000 + b"\n", "it must be one JSON object, but: it is nested too deeply"),
        (b'{"now": ' + b"9" * 5000 + b"}\n", "it must be one JSON object, but: a number has too many digits"),
    ],
)
def test_what_is_no_json_object_is_refused(text: bytes, said: str) -> None:
    with pytest.raises(LineError) as refusal:
        parse_object(text)
    assert str(refusal.value).startswith(said)


def test_a_field_that_no_line_has_is_named_with_the_one_that_was_meant() -> None:
    assert dict(unknown_fields(["cpu_utilization", "now", "missing", "comment"])) == {
        "cpu_utilization": '"cpu_utilization" is not known and is ignored; did you mean cpu_utilisation?',
        "comment": '"comment" is not known and is ignored',
    }
