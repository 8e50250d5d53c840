"""Where each operator asks before it writes, and tells what came of it: the harness decides about life and death."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from tests.chaos.labels import label

GO, DIE = "go", "die"
_POLL_SECONDS = 0.02


@dataclass
class Write:
    """One write, numbered in the order in which operators asked. `status`: the answer's; 0: there was none; None: it is
    not known yet."""

    number: int
    operator: str
    label: str
    path: str
    at: float
    body: Any
    status: int | None = None

    @property
    def accepted(self) -> bool:
        """Whether the server said that it was done."""
        return self.status is not None and 200 <= self.status < 300


Rule = Callable[[Write], str]
"""GO or DIE. It may take its time: the operator waits."""


def let_go(_write: Write) -> str:
    """Nothing happens to anybody."""
    return GO


class Toll:
    """Listens on the host's end of the cluster's link while the block runs."""

    def __init__(self, host: str) -> None:
        self.writes: list[Write] = []
        self.before: Rule = let_go
        self.after: Rule = let_go
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer((host, 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """What operators are given."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def __enter__(self) -> Toll:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def since(self, number: int) -> list[Write]:
        """The writes from this number on."""
        with self._lock:
            return self.writes[number:]

    def counts(self, number: int) -> Counter[str]:
        """How many writes were accepted from this number on, by label."""
        return Counter(write.label for write in self.since(number) if write.accepted)

    def unanswered(self, number: int) -> Counter[str]:
        """How many writes had no answer from this number on, by label: whether they were done is not known."""
        return Counter(write.label for write in self.since(number) if not write.status)

    def await_write(self, wanted: str, number: int, timeout: float) -> Write:
        """The first accepted write of this label from this number on. Raises TimeoutError."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            for write in self.since(number):
                if write.label == wanted and write.accepted:
                    return write
            time.sleep(_POLL_SECONDS)
        raise TimeoutError(f"waited {timeout:.0f} s for the operator to write '{wanted}'")

    def told(self, moment: str, what: dict[str, Any]) -> str:
        """What an operator is answered."""
        named = label(what["method"], what["path"], what["body"])
        if named is None:
            return GO
        if moment == "before":
            return self.before(self._begun(what, named))
        return self._ended(what["operator"], named, int(what["status"]))

    def _begun(self, what: dict[str, Any], named: str) -> Write:
        with self._lock:
            number = len(self.writes)
            write = Write(number, what["operator"], named, what["path"], time.monotonic(), what["body"])
            self.writes.append(write)
            return write

    def _ended(self, operator: str, named: str, status: int) -> str:
        with self._lock:
            open_ones = (w for w in self.writes if w.operator == operator and w.label == named and w.status is None)
            write = next(open_ones, None)
            if write is None:
                return GO
            write.status = status
        return self.after(write)


def _handler(toll: Toll) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Answer one operator."""
            what = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            word = toll.told(self.path.strip("/"), what).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(word)))
            self.end_headers()
            self.wfile.write(word)

        def log_message(self, *_: Any) -> None:
            """Nothing: what matters is kept."""

    return Handler
