"""Tables and lists of the report page, as HTML. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any

from tests.demo.words import PHASES, UNKNOWN, clock, duration, share

ALLOWED_SLOW_FRACTION = 0.01

_Cell = tuple[str, bool]


def tiles(report: Mapping[str, Any]) -> str:
    """The four figures that matter most."""
    before, after = report["phases"]["before"], report["phases"]["after"]
    searches = report["searches"]
    counted = report["documents"]
    same = counted["before"] is not None and (counted["before"], counted["checksum_before"]) == (
        counted["after"],
        counted["checksum_after"],
    )
    documents = (f"{counted['after']:,}", "documents, all unchanged") if same else (UNKNOWN, "documents: not verified")
    figures = [
        (_from_to(before, after, "p99_ms", duration), "p99, before and after"),
        (_from_to(before, after, "slow_fraction", _share), "of searches late, before and after"),
        (f"{searches['failed']:,}" if searches["sent"] else UNKNOWN, "searches failed, in the whole run"),
        documents,
    ]
    return "".join(f'<div class="tile"><b>{value}</b><span>{label}</span></div>' for value, label in figures)


def phases(report: Mapping[str, Any]) -> str:
    """One column for each phase that took place."""
    shown = [(PHASES[name], phase) for name, phase in report["phases"].items() if phase]
    if not shown:
        return "<p>No phase was completed.</p>"
    slo = report["slo_milliseconds"]
    lines: list[tuple[str, Callable[[Mapping[str, Any]], _Cell]]] = [
        ("length", lambda phase: (f"{phase['seconds']:.0f} s", False)),
        ("searches", lambda phase: (f"{phase['requests']:,}", False)),
        ("failed", lambda phase: (f"{phase['errors']:,}", phase["errors"] > 0)),
        ("retried by the gateway", lambda phase: (_known(phase["retries_by_gateway"]), False)),
        ("p50", lambda phase: (duration(phase["p50_ms"]), (phase["p50_ms"] or 0) > slo)),
        ("p99", lambda phase: (duration(phase["p99_ms"]), (phase["p99_ms"] or 0) > slo)),
        (
            f"later than {slo} ms",
            lambda phase: (_share(phase["slow_fraction"]), (phase["slow_fraction"] or 0) > ALLOWED_SLOW_FRACTION),
        ),
    ]
    rows = [[(label, False), *(cell(phase) for _, phase in shown)] for label, cell in lines]
    return _table(["", *(name for name, _ in shown)], rows)


def decisions(report: Mapping[str, Any]) -> str:
    """Each decision with its number in the charts."""
    items = [
        f'<li id="decision-{number}"><span class="number">{number}</span>'
        f'<span class="time">{clock(one["t"])}</span><span><b>{escape(one["action"])}</b> {escape(one["reason"])}'
        f"<small>{escape(one['message'])}</small></span></li>"
        for number, one in enumerate(report["decisions"], start=1)
    ]
    return f"<ol>{''.join(items)}</ol>" if items else "<p>None was recorded.</p>"


def checks(report: Mapping[str, Any]) -> str:
    """What the run had to show, and whether it did."""
    return "".join(
        f'<li><span class="{"ok" if one["passed"] else "no"}">{"✓" if one["passed"] else "✗"}</span>'
        f"<span>{escape(one['name'])}<small>{escape(one['message'])}</small></span></li>"
        for one in report["verdict"]["checks"]
    )


def steps(report: Mapping[str, Any]) -> str:
    """Each step with its time."""
    rows = [
        [(one["name"], False), ("cached" if one["cached"] else "", False), (f"{one['seconds']:.1f} s", False)]
        for one in report["steps"]
    ]
    return _table(["step", "", "time"], rows)


def timeline(report: Mapping[str, Any]) -> str:
    """The rows behind the charts."""
    rows = [
        [
            (clock(row["t"]), False),
            (f"{row['offered_qps']:g}", False),
            (f"{row['answered_qps']:g}", False),
            (duration(row["p50_ms"]), False),
            (duration(row["p99_ms"]), False),
            (_share(row["slow_fraction"]), False),
            (_known(row["nodes"]), False),
            (_known(row["copies"]), False),
        ]
        for row in report["timeline"]
    ]
    return _table(["time", "offered/s", "answered/s", "p50", "p99", "late", "nodes", "copies"], rows)


def _from_to(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, key: str, say: Callable[[Any], str]
) -> str:
    ends = [say(phase[key]) if phase else UNKNOWN for phase in (before, after)]
    return f"{ends[0]}<i>→</i>{ends[1]}"


def _share(fraction: float | None) -> str:
    return UNKNOWN if fraction is None else "0 %" if fraction == 0 else share(fraction)


def _known(count: int | None) -> str:
    return UNKNOWN if count is None else f"{count:,}"


def _table(head: Sequence[str], rows: Iterable[Sequence[_Cell]]) -> str:
    top = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
    body = "".join(
        f'<tr><th scope="row">{escape(cells[0][0])}</th>'
        + "".join(f"<td{' class=bad' if bad else ''}>{escape(text)}</td>" for text, bad in cells[1:])
        + "</tr>"
        for cells in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
