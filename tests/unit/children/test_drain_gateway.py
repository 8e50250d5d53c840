"""The program that asks Envoy to let its clients go."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import click
import pytest

from vectortier.cli.drain_gateway import ask, requests_in_flight


class Admin(HTTPServer):
    """An admin interface that notes what it is asked."""

    def __init__(self, status: int) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.status = status
        self.asked: list[tuple[str, str]] = []


class _Answer(BaseHTTPRequestHandler):
    server: Admin

    def do_POST(self) -> None:
        self.server.asked.append((self.command, self.path))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def admin(request: pytest.FixtureRequest) -> Iterator[Admin]:
    with Admin(request.param) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("admin", [200], indirect=True)
def test_what_is_asked_arrives(admin: Admin) -> None:
    ask(f"127.0.0.1:{admin.server_port}", "POST", "/drain_listeners?graceful&skip_exit")
    assert admin.asked == [("POST", "/drain_listeners?graceful&skip_exit")]


def test_requests_in_flight_are_counted_over_both_doors() -> None:
    assert requests_in_flight("http.grpc.downstream_rq_active: 2\nhttp.rest.downstream_rq_active: 1\n") == 3
    assert requests_in_flight("") == 0


@pytest.mark.parametrize("admin", [400], indirect=True)
def test_a_refusal_is_told(admin: Admin) -> None:
    with pytest.raises(click.ClickException, match="refused /x: 400"):
        ask(f"127.0.0.1:{admin.server_port}", "POST", "/x")


def test_an_envoy_that_is_gone_is_told() -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as closed:
        port = closed.server_port
    with pytest.raises(click.ClickException, match="does not answer"):
        ask(f"127.0.0.1:{port}", "POST", "/x")
