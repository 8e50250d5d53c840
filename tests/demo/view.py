"""What the person who runs the demo sees: a live view on a terminal, plain lines everywhere else."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live as Screen
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from tests.cluster import Event, print_plainly
from tests.demo.ports import Live
from tests.demo.words import UNKNOWN, clock, duration, share

PLAIN_EVERY_SECONDS = 10.0


class View(Protocol):
    """Where steps and measurements are shown. To be used as a context."""

    def __enter__(self) -> View: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def event(self, event: Event) -> None:
        """A step began, got on or ended."""

    def measured(self, live: Live) -> None:
        """The load and its answers, once a second."""

    def say(self, text: str) -> None:
        """A line that stays."""


def view_for(terminal: bool) -> View:
    """The view that suits standard output."""
    return TerminalView() if terminal else PlainView()


class PlainView:
    """Plain lines, for logs."""

    def __init__(self) -> None:
        self._next = 0.0

    def __enter__(self) -> PlainView:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is left to be tidied up."""

    def event(self, event: Event) -> None:
        print_plainly(event)

    def measured(self, live: Live) -> None:
        if live.time >= self._next:
            self._next = live.time + PLAIN_EVERY_SECONDS
            print("    " + line(live), flush=True)

    def say(self, text: str) -> None:
        print(text, flush=True)


class TerminalView:
    """Finished steps stay; below them, what is going on now."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._screen = Screen(console=self._console, refresh_per_second=4, transient=True)
        self._event: Event | None = None
        self._live: Live | None = None

    def __enter__(self) -> TerminalView:
        self._screen.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._screen.stop()

    def event(self, event: Event) -> None:
        if event.state in ("done", "failed"):
            mark = "[green]✓[/]" if event.state == "done" else "[red]✗[/]"
            cached = " [dim](cached)[/]" if event.cached else ""
            self._console.print(f" {mark} {escape(event.step)} [dim]{event.seconds:.1f} s[/]{cached}")
            self._event, self._live = None, None
        else:
            self._event = event
        self._screen.update(self._now())

    def measured(self, live: Live) -> None:
        self._live = live
        self._screen.update(self._now())

    def say(self, text: str) -> None:
        self._console.print(text, markup=False)

    def _now(self) -> RenderableType:
        parts: list[RenderableType] = []
        if self._event:
            text = Text(f"{self._event.step} {self._event.detail}".strip())
            parts.append(Spinner("dots", text=text))
        if self._live:
            parts.append(_panel(self._live))
        return Group(*parts)


def line(live: Live) -> str:
    """One line of figures."""
    recent = live.recent
    acting = f", {live.doing}" if live.doing else ""
    return (
        f"{clock(live.time)} {live.stage}: {live.offered_qps:.0f}/s offered, p50 {duration(recent.p50_ms)}, "
        f"p99 {duration(recent.p99_ms)}, late {share(recent.slow_fraction)}, failed {live.failed}, "
        f"nodes {_count(live.nodes)}, copies {_count(live.copies)}{acting}"
    )


def _panel(live: Live) -> RenderableType:
    recent = live.recent
    table = Table(box=None, pad_edge=True, show_header=False, padding=(0, 3, 0, 1))
    broken = "red" if (recent.slow_fraction or 0) > 0.01 else "green"
    table.add_row("time", clock(live.time), "offered", f"{live.offered_qps:.0f}/s")
    table.add_row("p50", duration(recent.p50_ms), "nodes", _count(live.nodes))
    table.add_row("p99", f"[{broken}]{duration(recent.p99_ms)}[/]", "copies that serve", _count(live.copies))
    table.add_row("late", f"[{broken}]{share(recent.slow_fraction)}[/]", "failed", str(live.failed))
    decided = Text(live.last_decision, style="dim", overflow="ellipsis", no_wrap=True)
    return Group(Text(f"   {live.stage} {live.doing}".rstrip(), style="bold"), table, decided)


def _count(number: int | None) -> str:
    return UNKNOWN if number is None else str(number)
