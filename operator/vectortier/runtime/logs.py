"""Logs as JSON lines, each with the name of the tier that it is about."""

import logging
from typing import Any

from pythonjsonlogger.json import JsonFormatter

# Retries of single requests are theirs; what came of them is said by whoever asked.
_NOISY = {
    "kopf": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    "stamina": logging.ERROR,
    "urllib3": logging.ERROR,
}


class _Formatter(JsonFormatter):
    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        super().add_fields(log_data, record, message_dict)
        # kopf names the object that an event is about in its own field.
        about = getattr(record, "k8s_ref", None)
        if about and "tier" not in log_data:
            log_data["tier"] = about.get("name")
            log_data["namespace"] = about.get("namespace")
        for internal in ("k8s_ref", "k8s_skip", "settings", "taskName"):
            log_data.pop(internal, None)


def configure(level: str) -> None:
    """Send all logs to standard error, one JSON object a line."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        _Formatter(
            "{asctime}{levelname}{name}{message}",
            style="{",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    if level.upper() != "DEBUG":
        for name, least in _NOISY.items():
            logging.getLogger(name).setLevel(least)
