"""JSON over HTTP with deadlines, bounded retries and errors that say what to do next."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import requests
import stamina
from requests.adapters import HTTPAdapter

from vectortier.clients.errors import ClientError, Invalid, NotFound, Refused, Unauthorized, Unavailable, Unreachable

_MAX_BYTES = 64 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024
_QUOTED_CHARACTERS = 300

_BY_STATUS: dict[int, type[ClientError]] = {
    401: Unauthorized,
    403: Unauthorized,
    404: NotFound,
    409: Refused,
    422: Refused,
    429: Unavailable,
    501: Refused,
}


@dataclass(frozen=True)
class Deadlines:
    """How long to wait, in seconds. `total` bounds one request from its first byte to the last one of its answer."""

    connect: float = 1.0
    read: float = 4.0
    total: float = 5.0


@dataclass(frozen=True)
class Request:
    """One request, without the address of the server."""

    method: str
    path: str
    parameters: Mapping[str, str] | None = None
    body: Any = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class JsonHttp:
    """A session that speaks JSON. It may be used by several threads."""

    def __init__(
        self,
        headers: Mapping[str, str] | None = None,
        deadlines: Deadlines = Deadlines(),
        verify: bool | str = True,
        connections: int = 16,
    ) -> None:
        self._deadlines = deadlines
        self._session = requests.Session()
        # Proxies and .netrc of the environment are for the world outside; these services are next door.
        self._session.trust_env = False
        self._session.headers.update(headers or {})
        self._session.verify = verify
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_connections=connections, pool_maxsize=connections))

    def close(self) -> None:
        """Closes the connections that are not in use."""
        self._session.close()

    def ask(self, servers: Sequence[str], request: Request, attempts: int = 2) -> Any:
        """The answer to a request that may be repeated, from the first of the servers that gives one.

        Each attempt goes to the next server. Raises the last ClientError.
        """
        if not servers:
            raise Unreachable(f"{request}: no address to ask")
        retries = stamina.retry_context(
            on=(Unreachable, Unavailable),
            attempts=attempts,
            timeout=self._deadlines.total,
            wait_initial=0.05,
            wait_max=0.5,
            wait_jitter=0.05,
        )
        for attempt in retries:
            with attempt:
                return self.send(servers[(attempt.num - 1) % len(servers)], request)
        raise AssertionError("the last attempt returns or raises")

    def send(self, server: str, request: Request) -> Any:
        """The answer of one attempt; None when it has no body. Raises ClientError."""
        until = monotonic() + self._deadlines.total
        try:
            with self._session.request(
                request.method,
                server.rstrip("/") + request.path,
                params=request.parameters,
                json=request.body,
                data=request.form,
                headers=request.headers,
                timeout=(self._deadlines.connect, self._deadlines.read),
                stream=True,
                allow_redirects=False,
            ) as response:
                return self._answer(server, request, response, until)
        except OSError as error:  # what requests raises, and a CA file that cannot be read
            raise Unreachable(f"{request} at {server}: {type(error).__name__}: {error}") from error

    def _answer(self, server: str, request: Request, response: requests.Response, until: float) -> Any:
        body = bytearray()
        for chunk in response.iter_content(_CHUNK_BYTES):
            body += chunk
            if monotonic() > until:
                raise Unreachable(f"{request} at {server}: no whole answer within {self._deadlines.total:g} s")
            if len(body) > _MAX_BYTES:
                raise Invalid(f"{request} at {server}: the answer is larger than {_MAX_BYTES} bytes")
        if response.status_code >= 300:
            raise _error(server, request, response.status_code, bytes(body))
        if not body.strip():
            return None
        try:
            return json.loads(body)
        except ValueError as error:
            raise Invalid(f"{request} at {server}: the answer is not JSON: {error}", response.status_code) from error


def _error(server: str, request: Request, status: int, body: bytes) -> ClientError:
    kind = _BY_STATUS.get(status) or (Unavailable if status >= 500 else Invalid)
    return kind(f"{request} at {server}: {status} {_quote(body)}".rstrip(), status)


def _quote(body: bytes) -> str:
    """What the service says about the error, in one short line."""
    text = body.decode(errors="replace")
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if isinstance(answer, dict):
        found = answer.get("error") or answer.get("message") or answer
        if isinstance(found, list):
            found = "; ".join(str(e.get("message", e)) if isinstance(e, dict) else str(e) for e in found)
        text = found if isinstance(found, str) else json.dumps(found)
    return " ".join(text.split())[:_QUOTED_CHARACTERS]
