"""A run's figures for people."""

from vectortier.simulate.engine import Decision
from vectortier.simulate.rates import INTERVAL_SECONDS
from vectortier.simulate.summary import Summary

MOST_DECISIONS = 20


def render_text(summary: Summary) -> str:
    """A table of figures, and the decisions that changed something."""
    return "\n".join([*_figures(summary), "", *render_decisions(summary.decisions)])


def _figures(summary: Summary) -> list[str]:
    hours = summary.intervals * INTERVAL_SECONDS / 3600
    against = summary.replica_hours / summary.oracle_replica_hours if summary.oracle_replica_hours else 0.0
    rows = (
        ("policy", summary.policy),
        ("simulated", f"{hours:.1f} h in {summary.intervals} intervals of {INTERVAL_SECONDS} s"),
        ("intervals that break the promise", f"{summary.violating_intervals_percent:.2f} %"),
        ("searches that break it", f"{summary.violating_requests_percent:.2f} %"),
        ("replica hours", f"{summary.replica_hours:.1f}, {against:.2f} times the optimum's"),
        ("replica hours of the optimum", f"{summary.oracle_replica_hours:.1f}"),
        ("copies of shards", f"{summary.shard_copies}, {summary.gigabytes_moved:.1f} GB moved"),
        ("reversals within 10 minutes", f"{summary.reversals}"),
    )
    return [f"{name:<34}{value}" for name, value in rows]


def render_decisions(decisions: tuple[Decision, ...]) -> list[str]:
    """One line for each of the first of them, and how many more there are."""
    if not decisions:
        return ["Nothing was changed."]
    more = len(decisions) - MOST_DECISIONS
    rest = [f"and {more} more; --output json has all of them"] if more > 0 else []
    return [*(_decision(d) for d in decisions[:MOST_DECISIONS]), *rest]


def _decision(decision: Decision) -> str:
    minutes, seconds = divmod(int(decision.t), 60)
    clock = f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return f"{clock}  {decision.action:<9} to {decision.nodes} nodes  {decision.reason}: {decision.message}"
