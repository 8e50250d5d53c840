"""The report as one HTML page that needs nothing else: made from report.json alone. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from importlib import resources
from string import Template
from typing import Any

from tests.demo import charts, tables, words
from tests.demo.timeline import STEP_SECONDS

LANE_PERCENT = 6.0
"""Marks of decisions that are nearer to each other than this share of the width are put below each other."""


def page(report: Mapping[str, Any]) -> str:
    """The page of a report in the format of report.json."""
    end = max([row["t"] + STEP_SECONDS for row in report["timeline"]], default=STEP_SECONDS)
    template = Template(resources.files(__package__).joinpath("page.html").read_text())
    data = {"rows": report["timeline"], "end": end, "step": STEP_SECONDS}
    return template.substitute(
        title=escape(words.title(report)),
        when=escape(str(report.get("when", ""))),
        lead=words.lead(report),
        tiles=tables.tiles(report),
        charts=_charts(report, end),
        phases=tables.phases(report),
        decisions=tables.decisions(report),
        checks=tables.checks(report),
        notes=words.notes(report),
        steps=tables.steps(report),
        rows=tables.timeline(report),
        data=json.dumps(data).replace("<", "\\u003c"),
    )


def _charts(report: Mapping[str, Any], end: float) -> str:
    frame = charts.Frame(
        end,
        tuple((name, span["begin"], span["end"]) for name, span in _spans(report)),
        tuple(decision["t"] for decision in report["decisions"]),
        tuple(moment for _, moment in _moments(report)),
    )
    above = [_strip(report, frame), _happened(report, frame), _marks(report, frame)]
    drawn = [_latency(report, frame), _load(report, frame), _shape(report, frame)]
    return "".join([*above, *drawn, charts.time_ticks(frame)])


def _latency(report: Mapping[str, Any], frame: charts.Frame) -> str:
    slo = report["slo_milliseconds"]
    lines = [charts.Line(kind, _points(report, f"{kind}_ms")) for kind in ("p50", "p99")]
    values = [value for line in lines for _, value in line.points if value is not None]
    drawn = charts.chart(frame, charts.milliseconds_scale([*values, slo]), lines, (slo, f"promise {slo} ms"))
    return _figure("Latency of searches", "tall", drawn, p50="half are faster (p50)", p99="99 of 100 are faster (p99)")


def _load(report: Mapping[str, Any], frame: charts.Frame) -> str:
    lines = [charts.Line(kind, _points(report, f"{kind}_qps")) for kind in ("offered", "answered")]
    values = [value for line in lines for _, value in line.points if value is not None]
    drawn = charts.chart(frame, charts.count_scale(values), lines)
    return _figure("Searches per second", "", drawn, offered="offered", answered="answered")


def _shape(report: Mapping[str, Any], frame: charts.Frame) -> str:
    lines = [charts.Line(kind, _points(report, kind), steps=True) for kind in ("nodes", "copies")]
    values = [value for line in lines for _, value in line.points if value is not None]
    drawn = charts.chart(frame, charts.count_scale(values), lines)
    return _figure("The tier", "low", drawn, nodes="Weaviate nodes", copies="copies that serve")


def _figure(caption: str, kind: str, drawn: str, **keys: str) -> str:
    legend = "".join(f'<span class="key {name}">{escape(text)}</span>' for name, text in keys.items())
    return f'<figure class="{kind}"><figcaption><b>{caption}</b>{legend}</figcaption>{drawn}</figure>'


def _strip(report: Mapping[str, Any], frame: charts.Frame) -> str:
    labels = "".join(
        f'<span class="{name}" title="{escape(words.PHASES[name])}" style="left:{frame.x(span["begin"]) / 10:.2f}%;'
        f'width:{(frame.x(span["end"]) - frame.x(span["begin"])) / 10:.2f}%">{escape(words.PHASES[name])}</span>'
        for name, span in _spans(report)
    )
    return f'<div class="strip">{labels}</div>'


def _happened(report: Mapping[str, Any], frame: charts.Frame) -> str:
    """What happened at each moment, on the side of its line on which there is more room."""
    labels = [(text, frame.x(moment) / 10) for text, moment in _moments(report)]
    spans = "".join(
        f'<span class="{"left" if place > 50 else "right"}" style="left:{place:.2f}%">{escape(text)}</span>'
        for text, place in labels
    )
    return f'<div class="moments">{spans}</div>' if labels else ""


def _marks(report: Mapping[str, Any], frame: charts.Frame) -> str:
    """A numbered dot for each decision, in as many lanes as it takes for none to hide another."""
    lanes: list[float] = []
    dots = []
    for number, decision in enumerate(report["decisions"], start=1):
        left = frame.x(decision["t"]) / 10
        lane = next((lane for lane, last in enumerate(lanes) if left - last >= LANE_PERCENT), len(lanes))
        lanes[lane : lane + 1] = [left]
        label = escape(f"{decision['action']}: {decision['reason']}")
        style = f"left:{left:.2f}%;top:{4 + lane * 24}px"
        dots.append(f'<a href="#decision-{number}" style="{style}" title="{label}">{number}</a>')
    return f'<div class="marks" style="height:{len(lanes) * 24 + 4}px">{"".join(dots)}</div>'


def _spans(report: Mapping[str, Any]) -> list[tuple[str, Mapping[str, float]]]:
    return [(name, span) for name, span in report["spans"].items() if span]


def _moments(report: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Those that have come, in words."""
    times = report["moments"]
    return [(text, times[name]) for name, text in words.MOMENTS.items() if times[name] is not None]


def _points(report: Mapping[str, Any], key: str) -> list[tuple[float, float | None]]:
    return [(row["t"], row[key]) for row in report["timeline"]]
