"""How Envoy is started and stopped in a gateway pod."""

from __future__ import annotations

from vectortier.gateway.settings import GatewaySettings

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


def drain_command(settings: GatewaySettings, leave: int = _LEAVE_SECONDS, drain: int = _DRAIN_SECONDS) -> list[str]:
    """The container's preStop command; it needs bash in the image, and returns when the pod may be stopped.

    First the pod says that it is not ready, and goes on serving while the Service forgets it. Then connections are
    told to end (GOAWAY, Connection: close), and requests in flight are given up to `drain` seconds; it returns
    earlier when none is left.
    """
    return ["/bin/bash", "-c", _SCRIPT.format(port=settings.admin_port, leave=leave, drain=drain)]


# The admin interface listens on the loopback only, and the image has no HTTP client: bash speaks to it.
_SCRIPT = """\
ask() {{
  exec 3<>/dev/tcp/127.0.0.1/{port} || return 1
  printf '%s %s HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n' "$1" "$2" >&3
  cat <&3
  exec 3>&-
}}
ask POST /healthcheck/fail
sleep {leave}
ask POST '/drain_listeners?graceful&skip_exit'
for second in $(seq {drain}); do
  busy=$(ask GET '/stats?filter=^http.(grpc|rest).downstream_rq_active$' | grep -c 'active: [1-9]')
  [ "$busy" = 0 ] && exit 0
  sleep 1
done
"""
