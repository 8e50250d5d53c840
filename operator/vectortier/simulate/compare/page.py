"""A comparison as one HTML page."""

from html import escape

from vectortier.simulate.compare.comparison import FIGURES, Comparison
from vectortier.simulate.page.charts import Line, counting_scale, figure, time_ticks
from vectortier.simulate.page.frame import render_frame, table
from vectortier.simulate.page.page import decisions, latency
from vectortier.simulate.rates import INTERVAL_SECONDS


def render_comparison_page(comparison: Comparison, title: str) -> str:
    """The table, the copies of both in one chart, the latency and the decisions of each."""
    sides = comparison.sides
    charts = _copies(comparison) + "".join(latency(s.outcome, f"Latency of searches, {s.name}") for s in sides)
    charts += time_ticks(len(comparison.first.outcome.run.intervals) * INTERVAL_SECONDS)
    decided = "".join(decisions(f"Decisions of {side.name}", side.outcome) for side in sides)
    return render_frame(title, _figures(comparison) + _asked(comparison), charts, decided)


def _figures(comparison: Comparison) -> str:
    first, second = comparison.sides
    rows = "".join(
        f"<tr><td>{escape(f.label)}</td>{_number(f.show(first.outcome))}{_number(f.show(second.outcome))}"
        f"{_number(f.difference(comparison))}</tr>"
        for f in FIGURES
    )
    return table(("", first.name, second.name, "Difference"), rows)


def _number(text: str) -> str:
    return f'<td class="number">{escape(text)}</td>'


def _asked(comparison: Comparison) -> str:
    rows = "".join(
        f"<tr><td>{escape(name)}</td>{_number(str(a))}{_number(str(b))}</tr>"
        for name, a, b in comparison.asked_differently()
    )
    first, second = comparison.sides
    return table(("Asked for differently", first.name, second.name), rows) if rows else ""


def _copies(comparison: Comparison) -> str:
    first, second = comparison.sides
    lines = [
        Line(kind, f"copies that serve, {side.name}", [float(i.serving) for i in side.outcome.run.intervals])
        for kind, side in (("first", first), ("second", second))
    ]
    # The same load asks for other copies where the promise is another.
    differ = first.outcome.asked_for != second.outcome.asked_for
    for side in (first, second) if differ else (first,):
        label = f"copies that the load asks for, {side.name}" if differ else "copies that the load asks for"
        lines.append(Line("asked", label, side.outcome.asked_for))
    return figure("Copies", counting_scale([v for line in lines for v in line.values if v is not None]), lines)
