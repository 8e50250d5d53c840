"""How Envoy is started in a gateway pod, and how long it may take to stop."""

from __future__ import annotations

# Time for the Service to forget the pod before connections are told to go, and for requests in flight to end.
_LEAVE_SECONDS = 5
_DRAIN_SECONDS = 25
GRACE_SECONDS = _LEAVE_SECONDS + _DRAIN_SECONDS + 5


def envoy_arguments(config_path: str, threads: int = 2) -> list[str]:
    """The arguments of the Envoy binary. Hot restart is off: a pod is replaced, not restarted in place."""
    return [
        "-c",
        config_path,
        "--concurrency",
        str(threads),
        "--disable-hot-restart",
        "--drain-time-s",
        str(_DRAIN_SECONDS),
        "--drain-strategy",
        "immediate",
        "--log-level",
        "warning",
    ]
