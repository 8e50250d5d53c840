"""The load's searches: what weaviate-client sends, with its key, without its retries."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import grpc
import numpy as np
import pytest
from weaviate.classes.query import MetadataQuery
from weaviate.collections.classes.grpc import _MetadataQuery
from weaviate.collections.grpc.query import _QueryGRPC
from weaviate.proto.v1 import search_get_pb2
from weaviate.util import _ServerVersion

from tests.demo.search import RETURNED_PROPERTIES, Searcher, Target, requests_for

Handler = Callable[[search_get_pb2.SearchRequest, grpc.aio.ServicerContext], Awaitable[search_get_pb2.SearchReply]]
VECTORS = np.asarray([[0.5, -0.25]], dtype=np.float32)


def ten_results() -> search_get_pb2.SearchReply:
    return search_get_pb2.SearchReply(results=[search_get_pb2.SearchResult() for _ in range(10)])


def search(handler: Handler, timeout: float = 5.0, api_key: str | None = None) -> str:
    """The outcome of one search against a server that answers as `handler` does."""

    async def run() -> str:
        server = grpc.aio.server()
        method = grpc.unary_unary_rpc_method_handler(
            handler,
            request_deserializer=search_get_pb2.SearchRequest.FromString,
            response_serializer=search_get_pb2.SearchReply.SerializeToString,
        )
        server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler("weaviate.v1.Weaviate", {"Search": method}),)
        )
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        target = Target(f"127.0.0.1:{port}", "Package", api_key)
        searcher = Searcher(target)
        try:
            return await searcher.search(0, requests_for(target, VECTORS)[0], timeout)
        finally:
            await searcher.close()
            await server.stop(None)

    return asyncio.run(run())


def test_it_sends_what_weaviate_client_sends() -> None:
    builder = _QueryGRPC(_ServerVersion(1, 39, 3), "Package", None, None, True, True, True)
    theirs = builder.near_vector(
        near_vector=VECTORS[0].tolist(),
        limit=10,
        return_properties=list(RETURNED_PROPERTIES),
        return_metadata=_MetadataQuery.from_public(MetadataQuery(distance=True), include_vector=False),
    )
    ours = search_get_pb2.SearchRequest.FromString(requests_for(Target("", "Package"), VECTORS)[0])
    for request in (ours, theirs):  # the order of the properties means nothing, and theirs varies
        request.properties.non_ref_properties.sort()
    assert ours == theirs


def test_a_full_answer_is_ok_and_carries_the_key() -> None:
    seen: list[object] = []

    async def answer(
        request: search_get_pb2.SearchRequest, context: grpc.aio.ServicerContext
    ) -> search_get_pb2.SearchReply:
        seen.append(dict(context.invocation_metadata())["authorization"])
        return ten_results()

    assert search(answer, api_key="secret") == "OK"
    assert seen == ["Bearer secret"]


def test_an_answer_that_misses_documents_is_a_failure() -> None:
    async def answer(
        request: search_get_pb2.SearchRequest, context: grpc.aio.ServicerContext
    ) -> search_get_pb2.SearchReply:
        reply = ten_results()
        del reply.results[0]
        return reply

    assert search(answer) == "SHORT_ANSWER"


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED])
def test_a_refusal_is_reported_at_once_and_never_retried(code: grpc.StatusCode) -> None:
    asked = 0

    async def refuse(
        request: search_get_pb2.SearchRequest, context: grpc.aio.ServicerContext
    ) -> search_get_pb2.SearchReply:
        nonlocal asked
        asked += 1
        await context.abort(code, "no")
        raise AssertionError("unreachable")

    assert search(refuse) == code.name
    assert asked == 1


def test_silence_ends_at_the_deadline() -> None:
    async def hang(
        request: search_get_pb2.SearchRequest, context: grpc.aio.ServicerContext
    ) -> search_get_pb2.SearchReply:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    assert search(hang, timeout=0.05) == "DEADLINE_EXCEEDED"
