"""A small HTTP server that says yes to everything, in the place of Weaviate and of the API server."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Answering(BaseHTTPRequestHandler):
    """Answers 200 with `body`, whatever is asked."""

    def body(self) -> bytes:
        """What it says."""
        return b'{"id": "1"}'

    def _answer(self) -> None:
        body = self.body()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PATCH = _answer  # noqa: N815 the names are the library's

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def listening(handler: type[Answering]) -> Iterator[str]:
    """HOST:PORT at which it answers while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
