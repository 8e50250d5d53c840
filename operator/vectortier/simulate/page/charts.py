"""Line charts as inline SVG.

The drawing is stretched to whatever width it gets, its strokes are not; labels are HTML beside it, placed in per cent.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 1000.0, 100.0
MOST_POINTS = 1000
"""More than a screen shows. Of more values, each point stands for the greatest of some: a violation is never lost."""


@dataclass(frozen=True)
class Scale:
    """Values from the bottom to the top, and those that are labelled."""

    low: float
    high: float
    logarithmic: bool
    ticks: tuple[tuple[float, str], ...]

    def place(self, value: float) -> float:
        """How far down the value is drawn, 0 to `HEIGHT`; what is outside is drawn at the edge."""
        value = min(max(value, self.low), self.high)
        if self.logarithmic:
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return HEIGHT * (1 - share)


@dataclass(frozen=True)
class Line:
    """One value for each interval, or None for a gap. `kind` is the CSS class, `label` what the legend says."""

    kind: str
    label: str
    values: Sequence[float | None]


def counting_scale(values: Sequence[float]) -> Scale:
    """From 0 to above the greatest value, in round steps of at least 1."""
    top = max([1.0, *(v for v in values if math.isfinite(v))])
    power = 10.0 ** math.floor(math.log10(top / 4))
    step = max(1.0, next(power * round_one for round_one in (1, 2, 5, 10) if power * round_one >= top / 4))
    ticks = [step * i for i in range(math.ceil(top * 1.02 / step) + 1)]
    return Scale(0.0, ticks[-1], False, tuple((tick, f"{tick:g}") for tick in ticks))


def milliseconds_scale(values: Sequence[float]) -> Scale:
    """Whole decades around the values."""
    low = 10.0 ** math.floor(math.log10(max(min(values), 0.1)))
    high = 10.0 ** math.ceil(math.log10(max(*values, low * 10)))
    ticks = [low * 10**power for power in range(round(math.log10(high / low)) + 1)]
    return Scale(low, high, True, tuple((t, f"{t / 1000:g} s" if t >= 1000 else f"{t:g} ms") for t in ticks))


def figure(caption: str, scale: Scale, lines: Sequence[Line], limit: tuple[float, str] | None = None) -> str:
    """A chart with its caption and legend; `limit` is a level with its label."""
    legend = "".join(f'<span class="key {line.kind}">{escape(line.label)}</span>' for line in lines)
    drawn = [f'<path class="grid" d="M0 {scale.place(value):.2f}H{WIDTH:g}"/>' for value, _ in scale.ticks]
    labels = [_label("tick", scale.place(value), text) for value, text in scale.ticks]
    if limit is not None:
        drawn.append(f'<path class="limit" d="M0 {scale.place(limit[0]):.2f}H{WIDTH:g}"/>')
        labels.append(_label("limit-label", scale.place(limit[0]), limit[1]))
    drawn += [f'<path class="line {line.kind}" d="{path(line.values, scale.place)}"/>' for line in lines]
    return (
        f"<figure><figcaption><b>{escape(caption)}</b>{legend}</figcaption>"
        f'<div class="plot"><svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(caption)}">{"".join(drawn)}</svg>{"".join(labels)}</div></figure>'
    )


def path(values: Sequence[float | None], place: Callable[[float], float]) -> str:
    """SVG path data: each value holds until the next one."""
    thin = thinned(values)
    width = WIDTH / len(thin)
    parts, drawing = [], False
    for i, value in enumerate(thin):
        if value is not None:
            begin = f"V{place(value):.2f}" if drawing else f"M{i * width:.2f} {place(value):.2f}"
            parts.append(f"{begin}H{(i + 1) * width:.2f}")
        drawing = value is not None
    return "".join(parts)


def thinned(values: Sequence[float | None]) -> list[float | None]:
    """At most `MOST_POINTS` values, each the greatest of as many neighbours."""
    each = math.ceil(len(values) / MOST_POINTS)
    groups = (values[i : i + each] for i in range(0, len(values), each))
    return [max((value for value in group if value is not None), default=None) for group in groups]


def time_ticks(seconds: float) -> str:
    """Labels for the time axis."""
    hour = 3600
    steps = (300, 600, 1800, hour, 6 * hour, 24 * hour, 48 * hour, 7 * 24 * hour)
    step = next((step for step in steps if seconds / step <= 8), 30 * 24 * hour)
    ticks = range(0, int(seconds) + 1, step)
    labels = "".join(f'<span style="left:{100 * t / seconds:.2f}%">{elapsed(t)}</span>' for t in ticks)
    return f'<div class="times" aria-hidden="true">{labels}</div>'


def elapsed(seconds: float) -> str:
    """For example 3:05 h, or 2 d 3:05 h."""
    minutes = int(seconds) // 60
    days, rest = divmod(minutes, 24 * 60)
    return f"{f'{days} d ' if days else ''}{rest // 60}:{rest % 60:02d} h"


def _label(kind: str, place: float, text: str) -> str:
    return f'<span class="{kind}" style="top:{100 * place / HEIGHT:.2f}%">{escape(text)}</span>'
