"""The operator, asking the harness before each request that changes something, and telling it the answer.

Runs inside the operator's container in the place of `vectortier`. TOLL_URL is where the harness listens; where nobody
does, the operator goes on as if nothing were.
"""

import contextlib
import json
import os
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from kubernetes import client

from vectortier.cli import main

_PATIENCE_SECONDS = 300.0
_DIED = 137
_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


def _ask(moment: str, told: dict[str, Any]) -> None:
    """Return when it may go on, or end at once where the harness wants that."""
    if (place := os.environ.get("TOLL_URL")) is None:
        return
    url = f"{place}/{moment}"
    request = urllib.request.Request(url, json.dumps(told).encode(), method="POST")  # noqa: S310
    try:
        with _open(request, timeout=_PATIENCE_SECONDS) as answer:
            word = answer.read().decode()
    except OSError:
        return
    if word == "die":
        os._exit(_DIED)


def _tolled(send: Callable[..., Any], method: str, url: str, body: Any, status_of: Callable[[Any], int]) -> Any:
    parts = urlsplit(url)
    told = {"operator": os.environ["POD_NAME"], "method": method, "path": parts.path, "body": body}
    _ask("before", told)
    status = 0
    try:
        answer = send()
        status = status_of(answer)
        return answer
    finally:
        _ask("after", {**told, "status": status})


def _watch_kubernetes() -> None:
    real = client.ApiClient.call_api

    def call_api(
        self: Any, method: str, url: str, headers: Any = None, body: Any = None, *rest: Any, **more: Any
    ) -> Any:
        def send() -> Any:
            return real(self, method, url, headers, body, *rest, **more)

        if method == "GET":
            return send()
        return _tolled(send, method, url, body, lambda answer: int(answer.status))

    _put(client.ApiClient, "call_api", call_api)


def _watch_weaviate() -> None:
    real = requests.Session.request

    def request(self: Any, method: str, url: str, **named: Any) -> Any:
        def send() -> Any:
            return real(self, method, url, **named)

        path = urlsplit(url).path
        if method == "GET" or not path.startswith("/v1/") or path == "/v1/graphql":
            return send()
        return _tolled(send, method, url, named.get("json"), lambda answer: int(answer.status_code))

    _put(requests.Session, "request", request)


def _put(owner: type, name: str, method: Callable[..., Any]) -> None:
    """Into a library's class, in the place of its own method."""
    setattr(owner, name, method)


def watch() -> None:
    """From now on every change that this process asks for is told."""
    _watch_kubernetes()
    _watch_weaviate()


if __name__ == "__main__":
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_text("vectortier")  # so that it is found by its name
    watch()
    main()
