"""The generator as a whole, in its own process: open loop, nothing lost, its own death reported."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent import futures

import grpc
import numpy as np
import pytest
from weaviate.proto.v1 import search_get_pb2

from tests.demo.load import Load, LoadError
from tests.demo.requestlog import OK
from tests.demo.search import Target

PATIENCE_SECONDS = 20.0
VECTORS = np.ones((3, 4), dtype=np.float32)


class Stub:
    """A server whose answers wait for `open`; `arrived` counts the searches it has seen."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.arrived = threading.Semaphore(0)
        self._server = grpc.server(futures.ThreadPoolExecutor(max_workers=64))
        method = grpc.unary_unary_rpc_method_handler(self._answer)
        self._server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler("weaviate.v1.Weaviate", {"Search": method}),)
        )
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def _answer(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        self.arrived.release()
        self.open.wait(PATIENCE_SECONDS)
        reply = search_get_pb2.SearchReply(results=[search_get_pb2.SearchResult() for _ in range(10)])
        return bytes(reply.SerializeToString())

    def stop(self) -> None:
        self.open.set()
        self._server.stop(None).wait()


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    yield server
    server.stop()


def test_searches_leave_on_time_although_none_is_answered(stub: Stub) -> None:
    with Load(Target(stub.address, "Package"), VECTORS, seed=1) as load:
        load.set_rate(200.0)
        for _ in range(40):  # forty are on their way at once: nobody waited for an answer
            assert stub.arrived.acquire(timeout=PATIENCE_SECONDS)
        stub.open.set()
        load.drain()
    assert len(load.log.since(0.0)) >= 40
    assert {one.code for one in load.log.since(0.0)} == {OK}


def test_draining_waits_for_every_answer(stub: Stub) -> None:
    with Load(Target(stub.address, "Package"), VECTORS, seed=1) as load:
        load.set_rate(100.0)
        assert stub.arrived.acquire(timeout=PATIENCE_SECONDS)
        opener = threading.Timer(0.5, stub.open.set)  # long after the clients have been told to drain
        opener.start()
        load.drain()
        assert stub.open.is_set()
    assert {one.code for one in load.log.since(0.0)} == {OK}


def test_what_is_in_flight_at_the_end_stays_unanswered(stub: Stub) -> None:
    with Load(Target(stub.address, "Package"), VECTORS, seed=1) as load:
        load.set_rate(100.0)
        assert stub.arrived.acquire(timeout=PATIENCE_SECONDS)
    assert "UNANSWERED" in {one.code for one in load.log.since(0.0)}


def test_a_client_that_dies_is_reported(stub: Stub) -> None:
    with Load(Target(stub.address, "Package"), VECTORS, seed=1) as load:
        load.check()
        (process,) = load._processes
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)
        process.join(PATIENCE_SECONDS)
        with pytest.raises(LoadError, match="exit code -9"):
            load.check()
