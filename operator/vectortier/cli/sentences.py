"""A decision as sentences: what and why, the chain of rules, what it would cost, what to do."""

from collections.abc import Iterator, Mapping
from typing import Any

from vectortier.api.reasons import Reason

Json = Mapping[str, Any]


def sentence(action: Json | None, record: Json) -> str:
    """What is done, and why. `action` is the plan's, as it was serialised, or just its type."""
    if action is None:
        what = "Nothing is done"
    elif action["type"] == "ExtendOperation":
        what = "The operation under way is made larger"
    elif "operation" in action:
        what = f"{action['operation']['kind']} begins"
    else:
        what = str(action["type"])
    return f"{what}: {record['message']} ({record['reason']})"


def sentences(action: Json | None, record: Json) -> Iterator[str]:
    """The whole decision, line by line."""
    yield sentence(action, record)
    yield f"Wanted: {record['nodes']} nodes, {record['copies']} copies."
    yield from _seen(record["inputs"])
    yield "Rules, in order; the last one settled it:"
    for verdict in record["verdicts"]:
        yield f"  {verdict['outcome']:<8}{verdict['rule']}: {verdict['message']} ({verdict['reason']})"
    if action is not None and "operation" in action:
        yield from _operation(action["operation"], record["predicted"])
    yield f"What to do: {remedy(record['reason'])}"
    yield f"Looks again after {record['nextCheckSeconds']:g} s."
    yield f"Decision {record['decision']} of {record['time']}, made with learned parameters {record['learnedHash']}."


def remedy(reason: str) -> str:
    """What to do about a reason."""
    return next((known.remedy for known in Reason if known == reason), "nothing is known about this reason")


def _seen(inputs: Json) -> Iterator[str]:
    for name in ("short", "long"):
        window = inputs.get(name)
        if window is not None and "requests" in window:
            bad = "" if window["badFraction"] is None else f", {window['badFraction']:.2%} of them bad"
            yield (
                f"Seen: {window['requests']:.0f} searches in {window['seconds']} s{bad}; "
                f"the newest sample was {window['ageSeconds']:.0f} s old."
            )
    for part, reason in inputs.get("unknown", {}).items():
        yield f"Not known: {part} ({reason})."


def _operation(operation: Json, predicted: Json) -> Iterator[str]:
    yield f"Operation {operation['id']}, predicted: {_cost(predicted)}."
    for number, step in enumerate(operation["steps"], 1):
        where = "/".join(str(step[key]) for key in ("collection", "shard") if step.get(key))
        ends = " to ".join(str(step[key]) for key in ("source", "target") if step.get(key))
        ends = f"{ends} to {step['size']}".strip() if step.get("size") else ends
        cost = _cost(step["predicted"]) if step.get("predicted", {}).get("bytes") is not None else ""
        yield f"  {number:>3} " + ", ".join(part for part in (str(step["name"]), where, ends, cost) if part)


def _cost(cost: Json) -> str:
    size, seconds, p99 = (cost.get(key) for key in ("bytes", "seconds", "p99Milliseconds"))
    parts = (
        None if size is None else f"{size / 1e9:.2f} GB to copy",
        None if seconds is None else f"{seconds:.0f} s",
        None if p99 is None else f"p99 of {p99:.0f} ms meanwhile",
    )
    return ", ".join(part for part in parts if part) or "nothing is known"
