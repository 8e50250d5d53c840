"""How a search ended, as the gateway saw it: the rows of "what counts", as one expression that Envoy evaluates.

Each search ends in exactly one outcome. The first row that applies wins, so that a slow error is one bad request and
not two. Which outcomes are good, bad or do not count is said here and used by the queries.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vectortier.gateway.deadlines import shorter_than


class Outcome(StrEnum):
    """How a search ended."""

    GOOD = "good"
    LATE = "late"
    TIMEOUT = "timeout"
    CANCELLED_LATE = "cancelled_late"
    SERVER_ERROR = "server_error"
    UNKNOWN_ERROR = "unknown_error"
    RESET = "reset"
    NO_ENDPOINT = "no_endpoint"
    CONNECT_FAILED = "connect_failed"
    SHED = "shed"
    CANCELLED = "cancelled"
    CLIENT_DEADLINE = "client_deadline"
    REFUSED = "refused"
    INVALID = "invalid"


NOT_COUNTED = (Outcome.CANCELLED, Outcome.CLIENT_DEADLINE, Outcome.REFUSED, Outcome.INVALID)
# Anything that is neither good nor known not to count is bad, also an outcome that a later Envoy may bring.
NOT_BAD = (Outcome.GOOD, *NOT_COUNTED)
# Those that say how long a client waited: the latency histogram holds these.
WAITED = (Outcome.GOOD, Outcome.LATE, Outcome.TIMEOUT, Outcome.CANCELLED_LATE)

# Numbers of Envoy's response flags, as %RESPONSE_FLAGS_LONG% names them; documented in its access log reference.
_NO_HEALTHY_UPSTREAM = 1
_RESETS = (3, 4, 6, 23)
_CONNECT_FAILURE = 5
_OVERLOADS = (7, 25, 27, 29)
_REFUSALS = (11, 12)
_CLIENT_GONE = (14, 28)
_DOWNSTREAM_PROTOCOL_ERROR = 18

# gRPC: INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, FAILED_PRECONDITION, OUT_OF_RANGE,
# UNIMPLEMENTED, UNAUTHENTICATED.
_INVALID_GRPC = (3, 5, 6, 7, 9, 11, 12, 16)
_UNKNOWN = 2
_DEADLINE_EXCEEDED = 4


@dataclass(frozen=True, slots=True)
class _Row:
    when: str
    outcome: Outcome


def grpc_outcome(slo_milliseconds: int) -> str:
    """The expression (CEL) that gives the outcome of a gRPC search under this bound.

    UNKNOWN is bad, and an outcome of its own: Weaviate answers so to its own failures and to some invalid searches.
    """
    within = _within(slo_milliseconds)
    deadline = "request.headers['grpc-timeout']"
    short = " || ".join(f"{deadline}.matches('{regex}')" for regex in shorter_than(slo_milliseconds))
    impatient = (
        f"{within} && response.grpc_status == {_DEADLINE_EXCEEDED} && 'grpc-timeout' in request.headers && ({short})"
    )
    return _first_match(
        [
            _Row(f"response.flags == 0 && response.grpc_status == 0 && {within}", Outcome.GOOD),
            *_ended_by_the_gateway(within),
            _Row(impatient, Outcome.CLIENT_DEADLINE),
            # The server knows the gateway's limit and may be the first to say that it has passed.
            _Row(f"response.grpc_status == {_DEADLINE_EXCEEDED} && !({within})", Outcome.TIMEOUT),
            _Row(_one_of("response.grpc_status", _INVALID_GRPC), Outcome.INVALID),
            _Row(f"response.grpc_status == {_UNKNOWN}", Outcome.UNKNOWN_ERROR),
            _Row("response.grpc_status != 0", Outcome.SERVER_ERROR),
            _Row(within, Outcome.GOOD),
        ]
    )


def rest_outcome(slo_milliseconds: int) -> str:
    """The expression (CEL) that gives the outcome of a REST search under this bound.

    429 from the server is overload: the gateway's own refusals carry a flag. A GraphQL answer with status 200 and
    errors in its body counts by its time, as its body is not read.
    """
    within = _within(slo_milliseconds)
    return _first_match(
        [
            _Row(f"response.flags == 0 && response.code == 200 && {within}", Outcome.GOOD),
            *_ended_by_the_gateway(within),
            _Row("response.code >= 500 || response.code == 429 || response.code < 200", Outcome.SERVER_ERROR),
            _Row("response.code >= 400", Outcome.INVALID),
            _Row(within, Outcome.GOOD),
        ]
    )


def waited(outcome: str) -> str:
    """The expression (CEL) for: this outcome says how long a client waited."""
    return f"({outcome}) in [{', '.join(repr(str(one)) for one in WAITED)}]"


def _within(slo_milliseconds: int) -> str:
    return f"request.duration <= duration('{slo_milliseconds}ms')"


def _ended_by_the_gateway(within: str) -> list[_Row]:
    """What both protocols share: the client left, or Envoy answered by itself."""
    gone = _any_flag(*_CLIENT_GONE)
    return [
        _Row(f"{gone} && {within}", Outcome.CANCELLED),
        _Row(gone, Outcome.CANCELLED_LATE),
        # The gateway's own limit is longer than the bound, so only a client's deadline can end a call before it.
        _Row(f"response.code_details == 'max_duration_timeout' && {within}", Outcome.CLIENT_DEADLINE),
        _Row("response.code_details == 'max_duration_timeout'", Outcome.TIMEOUT),
        _Row(_any_flag(*_REFUSALS), Outcome.REFUSED),
        _Row(_any_flag(*_OVERLOADS), Outcome.SHED),
        _Row(_any_flag(_NO_HEALTHY_UPSTREAM), Outcome.NO_ENDPOINT),
        _Row(_any_flag(_CONNECT_FAILURE), Outcome.CONNECT_FAILED),
        _Row(_any_flag(_DOWNSTREAM_PROTOCOL_ERROR), Outcome.INVALID),
        _Row(_any_flag(*_RESETS), Outcome.RESET),
    ]


def _first_match(rows: list[_Row]) -> str:
    """The first row that applies decides. That good ones are looked for first only saves time: no row overlaps."""
    return "".join(f"({row.when}) ? '{row.outcome}' : " for row in rows) + f"'{Outcome.LATE}'"


def _any_flag(*numbers: int) -> str:
    # CEL has no bitwise operators. No ")%" may occur: that would end the access log command around the expression.
    return "(" + " || ".join(f"(response.flags / {1 << number}) % 2 == 1" for number in numbers) + ")"


def _one_of(value: str, numbers: tuple[int, ...]) -> str:
    return f"{value} in [{', '.join(map(str, numbers))}]"
