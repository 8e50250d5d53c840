"""What the report says in words: only what its figures show. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

PHASES = {
    "before": "before",
    "during_rebalance": "during",
    "after": "after",
    "after_scale_in": "after scale-in",
}

MOMENTS = {"load_fell": "the load falls", "scaled_in": "fewer nodes"}
"""Those of the report that its charts mark and name; what the operator decided is marked by number."""

UNKNOWN = "n/a"


def title(report: Mapping[str, Any]) -> str:
    """The outcome in one line."""
    if report["verdict"]["passed"]:
        return "The promise broke, the operator mended it, and the tier shrank with the load"
    if report["phases"]["before"] is None:
        return "The operator did not act"
    if report["phases"]["after"] is None:
        return "The operator acted, but did not finish"
    if report["moments"]["scaled_in"] is None:
        return "The operator acted, but took no node away again"
    return "The operator acted, but not everything held"


def lead(report: Mapping[str, Any]) -> str:
    """The story in a few sentences, as HTML."""
    slo, before, after = report["slo_milliseconds"], report["phases"]["before"], report["phases"]["after"]
    said = [f"The promise: 99 of 100 searches are answered within {slo}&nbsp;ms."]
    if report["one_copy_capacity_qps"] is not None:
        said.append(f"One copy kept it up to {report['one_copy_capacity_qps']:g} searches per second.")
    if before:
        late = share(before["slow_fraction"])
        said.append(f"At {report['offered_qps'] or 0:g} per second {late} were late or failed.")
    during = report["phases"]["during_rebalance"]
    if during and after:
        most = max((row["copies"] for row in report["timeline"] if row["copies"] is not None), default=None)
        copies = f"{most} copies" if most else "the new copies"
        said.append(
            f"The operator had {copies} in service after {during['seconds']:.0f} seconds; "
            f"at the same load {share(after['slow_fraction'])} were late then."
        )
    return " ".join([*said, *_shrunk(report)])


def _shrunk(report: Mapping[str, Any]) -> list[str]:
    """What came of it when the load fell; nothing where it did not."""
    moments, low, last = report["moments"], report["low_qps"], report["phases"]["after_scale_in"]
    if low is None:
        return []
    fell = f"Then the load fell to {low:g} per second."
    if moments["scaled_in"] is None:
        return [fell]
    minutes = (moments["scaled_in"] - moments["load_fell"]) / 60
    gone = f"{minutes:.0f} minutes later the operator had taken away what was not needed any more"
    return [fell, f"{gone}; {share(last['slow_fraction'])} were late with what was left." if last else f"{gone}."]


def _then_low(report: Mapping[str, Any]) -> str:
    low = report["low_qps"]
    return "" if low is None else f" until all copies had been measured; then it was lowered to {low:g} per second"


def notes(report: Mapping[str, Any]) -> str:
    """How the figures came about, as HTML paragraphs."""
    paragraphs = [
        "Load: open loop, so a slow answer never delays the next search; arrivals are random (Poisson) with a fixed "
        f"seed ({report['seed']}). The rate was raised until more than 1 % of the searches of 15 s were late, then "
        f"multiplied by 1.2 and held{_then_low(report)}. The clients wait 30 s and never retry.",
        "Latency is counted from when a search was due, not from when the client got round to sending it. "
        "A search that failed counts as late and enters the percentiles at 30 s. Percentiles are measured values, "
        "not interpolated.",
        "“Before” lasts from the held rate to the operator's first action, “during” until the last copy "
        "serves, “after” is two minutes that begin 30 s later, and “after scale-in” two minutes that begin 30 s after "
        "the scale-in has ended. Lines of the charts are steps of 5 s; a gap is where nothing is known.",
        "Documents are descriptions of Debian packages, with embeddings of a small static model (64 dimensions). "
        "The checksum is sha256 over every document's UUID, properties and vector, read back through the gateway "
        f"(before: <code>{escape(str(report['documents']['checksum_before'])[:16])}</code>, "
        f"after: <code>{escape(str(report['documents']['checksum_after'])[:16])}</code>).",
    ]
    if stalls := report["stalls"]:
        times = ", ".join(clock(moment) for moment in stalls)
        paragraphs.append(
            f"The promise also broke for a moment while the load rose, and was kept again at a higher rate (seen at "
            f"{times}). That was a stall of this machine, not the capacity of one copy, so the load rose on."
        )
    if machine := report.get("machine"):
        about = ", ".join(f"{escape(str(key))}: {escape(str(value))}" for key, value in machine.items())
        paragraphs.append(f"Machine: {about}. Everything ran on it: database, Kubernetes, operator and clients.")
    return "".join(f"<p>{text}</p>" for text in paragraphs)


def share(fraction: float | None) -> str:
    """A share as people say it; small ones keep two digits, none is said to be none."""
    if fraction is None:
        return "an unknown share"
    if fraction == 0:
        return "none"
    return f"{fraction * 100:.2g} %" if fraction < 0.1 else f"{fraction * 100:.0f} %"


def duration(milliseconds: float | None) -> str:
    """A latency with the unit that suits it."""
    if milliseconds is None:
        return UNKNOWN
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.1f} ms"


def clock(seconds: float) -> str:
    """Minutes and seconds of the run."""
    return f"{int(seconds // 60)}:{int(seconds % 60):02d}"
