"""Queries asked all at once, each of which ends as numbers or as Unknown with its reason."""

import math
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait

from vectortier.api.reasons import Reason
from vectortier.clients.errors import ClientError, Unauthorized
from vectortier.clients.prometheus import Answer, Prometheus
from vectortier.model.value import Unknown

_CONNECTIONS = 8

Ask = Callable[[Prometheus], Answer]


def at(query: str, now: float) -> Ask:
    """The question what a query gives at a point in time, in Unix seconds."""
    return lambda prometheus: prometheus.query(query, now)


def read_all(prometheus: Prometheus, asked: Mapping[str, Ask], deadline_seconds: float) -> dict[str, Answer | Unknown]:
    """The answer to each question, by its name. What is late, fails or is partial is Unknown."""
    pool = ThreadPoolExecutor(_CONNECTIONS, thread_name_prefix="prometheus")
    try:
        futures = {name: pool.submit(ask, prometheus) for name, ask in asked.items()}
        wait(futures.values(), deadline_seconds)
        return {name: _answer(name, future, deadline_seconds) for name, future in futures.items()}
    finally:
        # Requests that are still out end by their own deadlines; nobody waits for them.
        pool.shutdown(wait=False, cancel_futures=True)


def number(name: str, answer: Answer | Unknown) -> float | Unknown:
    """The one number that a query gave.

    No series is no knowledge, never zero; a counter that stands still gives a zero of its own.
    """
    if isinstance(answer, Unknown):
        return answer
    if not answer.series:
        return Unknown(
            reason=Reason.METRICS_UNAVAILABLE,
            message=f"Prometheus has no {name}: a window must hold at least two samples of the tier's gateways.",
        )
    return valid(name, answer.series[0].value)


def by_label(name: str, label: str, answer: Answer | Unknown) -> dict[str, float] | Unknown:
    """The numbers by the value of a label. Empty when there is no series; the caller knows what that means."""
    if isinstance(answer, Unknown):
        return answer
    found: dict[str, float] = {}
    for series in answer.series:
        value = valid(f"{name} of {series.labels.get(label, 'an unnamed series')}", series.value)
        if isinstance(value, Unknown):
            return value
        found[series.labels.get(label, "")] = value
    return found


def valid(name: str, value: float) -> float | Unknown:
    """The value, unless it is NaN, infinite or negative: everything that is read here is a count or a share."""
    if math.isfinite(value) and value >= 0:
        return value
    return Unknown(reason=Reason.METRICS_INVALID, message=f"Prometheus answered {value} for {name}.")


def _answer(name: str, future: Future[Answer], deadline_seconds: float) -> Answer | Unknown:
    if not future.done():
        message = f"Prometheus gave no {name} within {deadline_seconds:g} s."
        return Unknown(reason=Reason.METRICS_UNAVAILABLE, message=message)
    try:
        answer = future.result()
    except ClientError as error:
        hint = " Check the operator's credentials for Prometheus." if isinstance(error, Unauthorized) else ""
        return Unknown(reason=Reason.METRICS_UNAVAILABLE, message=f"Reading {name}: {error}.{hint}")
    if answer.warnings:
        message = f"Prometheus says that its answer for {name} may be partial: {'; '.join(answer.warnings)[:300]}"
        return Unknown(reason=Reason.METRICS_PARTIAL, message=message)
    return answer
