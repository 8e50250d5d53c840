"""The page of a run."""

from html import escape

from vectortier.simulate.page.charts import Line, counting_scale, elapsed, figure, milliseconds_scale, time_ticks
from vectortier.simulate.page.frame import render_frame, table
from vectortier.simulate.rates import INTERVAL_SECONDS
from vectortier.simulate.simulation import Outcome
from vectortier.simulate.summary import violates

MOST_DECISIONS = 500


def render_page(outcome: Outcome, title: str) -> str:
    """The run as HTML; the title says what was simulated."""
    charts = _copies(outcome) + latency(outcome) + time_ticks(len(outcome.run.intervals) * INTERVAL_SECONDS)
    return render_frame(title, _tiles(outcome), charts, decisions("Decisions", outcome))


def _tiles(outcome: Outcome) -> str:
    summary = outcome.summary
    against = summary.replica_hours / summary.oracle_replica_hours if summary.oracle_replica_hours else 0.0
    tiles = (
        (f"{summary.violating_intervals_percent:.2f} %", "of the intervals break the promise"),
        (f"{summary.violating_requests_percent:.2f} %", "of the searches are late or fail"),
        (f"{summary.replica_hours:.1f} h", f"of nodes, {against:.2f} times the optimum's"),
        (f"{summary.shard_copies}", f"copies of shards, {summary.gigabytes_moved:.1f} GB moved"),
        (f"{summary.reversals}", "reversals within ten minutes"),
    )
    shown = "".join(f'<div class="tile"><b>{value}</b><span>{text}</span></div>' for value, text in tiles)
    return f'<div class="tiles">{shown}</div>'


def _copies(outcome: Outcome) -> str:
    intervals = outcome.run.intervals
    lines = (
        Line("nodes", "nodes, also those that do not serve yet", [float(i.nodes) for i in intervals]),
        Line("optimum", "nodes of the optimum", [float(n) for n in outcome.schedule.wanted]),
        Line("serving", "copies that serve", [float(i.serving) for i in intervals]),
        Line("asked", "copies that the load asks for", outcome.asked_for),
    )
    highest = [max(interval.nodes for interval in intervals), *outcome.asked_for, *outcome.schedule.wanted]
    return figure("Copies", counting_scale(highest), lines)


def latency(outcome: Outcome, caption: str = "Latency of searches") -> str:
    """The chart of p99, with the promise and where it is broken."""
    p99 = [interval.p99 for interval in outcome.run.intervals]
    promised = outcome.promise.seconds * 1000
    missed = [interval.p99 if violates(interval) else None for interval in outcome.run.intervals]
    lines = (Line("p99", "99 of 100 searches are faster", p99), Line("missed", "where the promise is broken", missed))
    scale = milliseconds_scale([*p99, promised])
    return figure(caption, scale, lines, (promised, f"promise {promised:g} ms"))


def decisions(heading: str, outcome: Outcome) -> str:
    """The table of decisions under a heading, which is text."""
    found = outcome.summary.decisions
    rows = [
        f"<tr><td>{elapsed(d.t)}</td><td>{escape(d.action)}</td><td>{d.nodes}</td>"
        f"<td><b>{escape(d.reason)}</b> {escape(d.message)}</td></tr>"
        for d in found[:MOST_DECISIONS]
    ]
    if len(found) > MOST_DECISIONS:
        rows.append(f'<tr><td colspan="4">and {len(found) - MOST_DECISIONS} more</td></tr>')
    shown = "".join(rows) or '<tr><td colspan="4">Nothing was changed.</td></tr>'
    return f"<h2>{escape(heading)}</h2>{table(('Time', 'Action', 'Nodes', 'Why'), shown)}"
