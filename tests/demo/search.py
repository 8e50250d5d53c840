"""One search over gRPC, as weaviate-client sends it but without that client's retries, which would hide failures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import grpc  # type: ignore[import-untyped]
from weaviate.proto.v1 import base_pb2, base_search_pb2, search_get_pb2

from tests.demo.embeddings import Vectors
from tests.demo.requestlog import OK

DEADLINE_SECONDS = 30.0
LIMIT = 10
SHORT_ANSWER = "SHORT_ANSWER"
RETURNED_PROPERTIES = ("name", "description", "section")
_METHOD = "/weaviate.v1.Weaviate/Search"
_CHANNEL_OPTIONS = (
    ("grpc.enable_retries", 0),  # also switches off the transparent retries of the library
    ("grpc.use_local_subchannel_pool", 1),  # a connection of its own for each channel
    ("grpc.max_receive_message_length", 64 * 1024 * 1024),
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where searches go; `api_key` is sent as a bearer token where there is one."""

    address: str
    collection: str
    api_key: str | None = None


def requests_for(target: Target, vectors: Vectors) -> list[bytes]:
    """A serialised near-vector search for each vector: the ten nearest, with three properties and the distance."""
    return [
        search_get_pb2.SearchRequest(
            collection=target.collection,
            limit=LIMIT,
            uses_123_api=True,
            uses_125_api=True,
            uses_127_api=True,
            metadata=search_get_pb2.MetadataRequest(uuid=True, distance=True),
            properties=search_get_pb2.PropertiesRequest(non_ref_properties=RETURNED_PROPERTIES),
            near_vector=base_search_pb2.NearVector(
                vectors=[base_pb2.Vectors(vector_bytes=vector.tobytes(), type=base_pb2.Vectors.VECTOR_TYPE_SINGLE_FP32)]
            ),
        ).SerializeToString()
        for vector in vectors
    ]


class Searcher:
    """Sends searches over a few connections in turn. To be made and used inside one running event loop."""

    def __init__(self, target: Target, connections: int = 4) -> None:
        self._channels = [grpc.aio.insecure_channel(target.address, _CHANNEL_OPTIONS) for _ in range(connections)]
        self._calls = [
            channel.unary_unary(_METHOD, response_deserializer=search_get_pb2.SearchReply.FromString)
            for channel in self._channels
        ]
        self._metadata: Sequence[tuple[str, str]] = (
            (("authorization", f"Bearer {target.api_key}"),) if target.api_key else ()
        )

    async def search(self, number: int, request: bytes, timeout: float) -> str:
        """OK, the gRPC status name, or SHORT_ANSWER where fewer than ten documents came back. Never raises."""
        call = self._calls[number % len(self._calls)]
        try:
            reply = await call(request, timeout=max(timeout, 0.001), metadata=self._metadata)
        except grpc.aio.AioRpcError as error:
            return str(error.code().name)
        return OK if len(reply.results) == LIMIT else SHORT_ANSWER

    async def close(self) -> None:
        for channel in self._channels:
            await channel.close(grace=None)
