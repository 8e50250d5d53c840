"""Small line charts as inline SVG. Pure.

The drawing is stretched to whatever width it gets and its strokes are not (`non-scaling-stroke`); labels are HTML that
is placed in percent, so they stay readable on a phone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 1000.0, 100.0
Points = Sequence[tuple[float, float | None]]


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale for values: `place` gives 0 (bottom) to 1 (top); ticks are values with their labels."""

    low: float
    high: float
    logarithmic: bool
    ticks: tuple[tuple[float, str], ...]

    def place(self, value: float) -> float:
        if not self.logarithmic:
            return (value - self.low) / (self.high - self.low)
        return math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `kind` is its CSS class, `steps` draws a value that holds until the next one."""

    kind: str
    points: Points
    steps: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What all charts of a page share: the time axis, shaded spans (CSS class, begin, end), marked times, and the
    moments at which something happened that the marks do not tell."""

    end: float
    shades: tuple[tuple[str, float, float], ...] = ()
    marks: tuple[float, ...] = ()
    moments: tuple[float, ...] = ()

    def x(self, seconds: float) -> float:
        return min(max(seconds / self.end, 0.0), 1.0) * WIDTH if self.end else 0.0


def milliseconds_scale(values: Sequence[float]) -> Scale:
    """Whole decades around the values, labelled as people say them."""
    low = 10.0 ** math.floor(math.log10(max(min(values, default=1.0), 0.1)))
    high = 10.0 ** math.ceil(math.log10(max(max(values, default=1000.0), low * 10)))
    ticks = [low * 10**power for power in range(round(math.log10(high / low)) + 1)]
    return Scale(low, high, True, tuple((tick, _duration(tick)) for tick in ticks))


def count_scale(values: Sequence[float], most_ticks: int = 4) -> Scale:
    """From 0 to above the largest value, in round steps of at least 1."""
    top = max(max(values, default=1.0), 1.0)
    rough = top / most_ticks
    power = 10.0 ** math.floor(math.log10(rough))
    step = max(1.0, next(power * nice for nice in (1, 2, 5, 10) if power * nice >= rough))
    ticks = [step * number for number in range(math.ceil(top * 1.02 / step) + 1)]
    return Scale(0.0, ticks[-1], False, tuple((tick, f"{tick:g}") for tick in ticks))


def chart(frame: Frame, scale: Scale, lines: Sequence[Line], limit: tuple[float, str] | None = None) -> str:
    """One chart: shades and marks behind, lines in front, labels at the left; `limit` is a labelled level."""

    def y(value: float) -> float:
        return HEIGHT * (1 - scale.place(value))

    drawn = [
        f'<rect class="shade {escape(kind)}" x="{frame.x(begin):.2f}" y="0" '
        f'width="{frame.x(end) - frame.x(begin):.2f}" height="{HEIGHT:g}"/>'
        for kind, begin, end in frame.shades
    ]
    drawn += [f'<path class="grid" d="M0 {y(value):.2f}H{WIDTH:g}"/>' for value, _ in scale.ticks]
    drawn += [f'<path class="mark" d="M{frame.x(mark):.2f} 0V{HEIGHT:g}"/>' for mark in frame.marks]
    drawn += [f'<path class="moment" d="M{frame.x(moment):.2f} 0V{HEIGHT:g}"/>' for moment in frame.moments]
    if limit:
        drawn.append(f'<path class="limit" d="M0 {y(limit[0]):.2f}H{WIDTH:g}"/>')
    drawn += [f'<path class="line {line.kind}" d="{path(line, frame.x, y)}"/>' for line in lines]
    labels = [
        f'<span class="tick" style="top:{y(value) / HEIGHT * 100:.2f}%">{escape(text)}</span>'
        for value, text in scale.ticks
    ]
    if limit:
        labels.append(
            f'<span class="limit-label" style="top:{y(limit[0]) / HEIGHT * 100:.2f}%">{escape(limit[1])}</span>'
        )
    return (
        f'<div class="plot"><svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none" aria-hidden="true">'
        f'{"".join(drawn)}</svg>{"".join(labels)}<i class="cursor"></i></div>'
    )


def path(line: Line, x: Callable[[float], float], y: Callable[[float], float]) -> str:
    """SVG path data. A missing value is a gap, never a line to zero or across."""
    parts: list[str] = []
    drawing = False
    for time, value in line.points:
        if value is None:
            drawing = False
            continue
        place = f"{x(time):.2f} {y(value):.2f}"
        if not drawing:
            parts.append(f"M{place}")
        elif line.steps:
            parts.append(f"H{x(time):.2f}V{y(value):.2f}")
        else:
            parts.append(f"L{place}")
        drawing = True
    return "".join(parts)


def time_ticks(frame: Frame) -> str:
    """Labels of the time axis, at round minutes."""
    step = next((step for step in (30, 60, 120, 300, 600, 1800) if frame.end / step <= 8), 3600)
    labels = [
        f'<span style="left:{frame.x(second) / WIDTH * 100:.2f}%">{second // 60}:{second % 60:02d}</span>'
        for second in range(0, int(frame.end) + 1, step)
    ]
    return f'<div class="times" aria-hidden="true">{"".join(labels)}</div>'


def _duration(milliseconds: float) -> str:
    return f"{milliseconds / 1000:g} s" if milliseconds >= 1000 else f"{milliseconds:g} ms"
