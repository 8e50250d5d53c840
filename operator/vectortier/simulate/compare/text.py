"""A comparison for people: a table, what the files ask for differently, the decisions of each."""

from vectortier.simulate.compare.comparison import FIGURES, Comparison
from vectortier.simulate.text import render_decisions

_GAP = "  "


def render_comparison(comparison: Comparison) -> str:
    """Columns are as wide as what is in them."""
    first, second = comparison.sides
    parts = [*_table(comparison), "", *_asked(comparison)]
    for side in (first, second):
        parts += ["", f"Decisions of {side.name}:", *render_decisions(side.outcome.summary.decisions)]
    return "\n".join(parts)


def _table(comparison: Comparison) -> list[str]:
    first, second = comparison.sides
    rows = [("", first.name, second.name, "difference")]
    rows += [(f.label, f.show(first.outcome), f.show(second.outcome), f.difference(comparison)) for f in FIGURES]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    return [_row(row, widths) for row in rows]


def _row(cells: tuple[str, str, str, str], widths: list[int]) -> str:
    label, *values = cells
    return _GAP.join([label.ljust(widths[0]), *(v.rjust(w) for v, w in zip(values, widths[1:], strict=True))])


def _asked(comparison: Comparison) -> list[str]:
    differing = comparison.asked_differently()
    if not differing:
        return ["The files ask for the same."]
    return ["What the files ask for differently:", *(f"  {name}: {a} and {b}" for name, a, b in differing)]
