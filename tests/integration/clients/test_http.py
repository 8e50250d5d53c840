"""Every way in which a service can fail becomes an error that says what to do next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.weaviate import FakeWeaviate, Fault
from vectortier.clients.errors import ClientError, Invalid, NotFound, Refused, Unauthorized, Unavailable, Unreachable
from vectortier.clients.http import Deadlines, JsonHttp, Request

META = Request("GET", "/v1/meta")


@pytest.fixture
def fake() -> Iterator[FakeWeaviate]:
    with FakeWeaviate() as fake:
        fake.add_node("w-0", voter=True)
        fake.add_node("w-1")
        yield fake


@pytest.fixture
def http() -> JsonHttp:
    return JsonHttp(deadlines=Deadlines(connect=2.0, read=5.0, total=10.0))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Invalid),
        (401, Unauthorized),
        (403, Unauthorized),
        (404, NotFound),
        (409, Refused),
        (418, Invalid),
        (422, Refused),
        (429, Unavailable),
        (500, Unavailable),
        (501, Refused),
        (503, Unavailable),
        (302, Invalid),
    ],
)
def test_each_status_says_what_to_do(fake: FakeWeaviate, http: JsonHttp, status: int, kind: type[ClientError]) -> None:
    body = b'{"error": [{"message": "because of this"}]}'
    with fake.fault(Fault("GET /v1/meta", status=status, body=body)), pytest.raises(kind) as error:
        http.send(fake.url("w-0"), META)

    assert type(error.value) is kind
    assert error.value.status == status
    assert "GET /v1/meta" in str(error.value)
    assert "because of this" in str(error.value)


@pytest.mark.parametrize("body", [b"<html>busy</html>", b'{"code": 5, "message": "busy"}', b'{"error": "busy"}'])
def test_whatever_the_service_says_is_quoted(fake: FakeWeaviate, http: JsonHttp, body: bytes) -> None:
    with fake.fault(Fault("GET /v1/meta", status=503, body=body)), pytest.raises(Unavailable, match="busy"):
        http.send(fake.url("w-0"), META)


def test_a_repeatable_request_goes_to_the_next_server(fake: FakeWeaviate, http: JsonHttp) -> None:
    with fake.fault(Fault("GET /v1/meta", node="w-0", status=503)):
        assert http.ask([fake.url("w-0"), fake.url("w-1")], META)["version"] == "1.39.3"


def test_a_repeatable_request_is_repeated_a_bounded_number_of_times(fake: FakeWeaviate, http: JsonHttp) -> None:
    with fake.fault(Fault("GET /v1/meta", status=503, times=100)) as fault, pytest.raises(Unavailable):
        http.ask([fake.url("w-0")], META, attempts=3)

    assert fault.times == 97


@pytest.mark.parametrize("status", [401, 404, 422])
def test_what_will_not_change_is_not_repeated(fake: FakeWeaviate, http: JsonHttp, status: int) -> None:
    with fake.fault(Fault("GET /v1/meta", status=status, times=100)) as fault, pytest.raises(ClientError):
        http.ask([fake.url("w-0")], META, attempts=3)

    assert fault.times == 99


def test_a_server_that_hangs_is_unreachable(fake: FakeWeaviate) -> None:
    http = JsonHttp(deadlines=Deadlines(read=0.2))
    with fake.fault(Fault("GET /v1/meta", delay_seconds=0.6)), pytest.raises(Unreachable, match="timed out"):
        http.send(fake.url("w-0"), META)


def test_a_server_that_breaks_off_is_unreachable(fake: FakeWeaviate, http: JsonHttp) -> None:
    with fake.fault(Fault("GET /v1/meta", drop=True)), pytest.raises(Unreachable):
        http.send(fake.url("w-0"), META)


def test_nobody_to_ask_is_unreachable(http: JsonHttp) -> None:
    with pytest.raises(Unreachable, match="no address"):
        http.ask([], META)


def test_an_answer_that_is_no_json_is_invalid(fake: FakeWeaviate, http: JsonHttp) -> None:
    with fake.fault(Fault("GET /v1/meta", body=b"<html>")), pytest.raises(Invalid, match="not JSON"):
        http.send(fake.url("w-0"), META)
