"""The documents in the database: put in and read back with the unmodified weaviate-client."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import weaviate
from weaviate.classes.config import Configure, DataType, Property, Tokenization, VectorDistances
from weaviate.classes.data import DataObject
from weaviate.classes.init import AdditionalConfig, Auth, Timeout
from weaviate.exceptions import WeaviateBaseError

from tests.demo.checksum import Contents, contents
from tests.demo.corpus import Corpus

COLLECTION = "Package"
BATCH = 500
ATTEMPTS = 5
_TIMEOUTS = Timeout(init=30, query=60, insert=120)

Result = TypeVar("Result")


class DatabaseError(RuntimeError):
    """Documents could not be written or read; the message says what to look at."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the tier's front door answers."""

    host: str
    rest_port: int = 8080
    grpc_port: int = 50051
    api_key: str | None = None

    @property
    def grpc(self) -> str:
        return f"{self.host}:{self.grpc_port}"


@contextmanager
def connected(address: Address) -> Iterator[weaviate.WeaviateClient]:
    """The client, its connections closed at the end. Its start-up check for newer releases is left out."""
    client = weaviate.connect_to_custom(
        http_host=address.host,
        http_port=address.rest_port,
        http_secure=False,
        grpc_host=address.host,
        grpc_port=address.grpc_port,
        grpc_secure=False,
        auth_credentials=Auth.api_key(address.api_key) if address.api_key else None,
        additional_config=AdditionalConfig(timeout=_TIMEOUTS),
        skip_init_checks=True,
    )
    try:
        yield client
    finally:
        client.close()


def load(client: weaviate.WeaviateClient, corpus: Corpus, progress: Callable[[int, int], None]) -> None:
    """Leaves the collection holding exactly the corpus, whatever it held before; tells how many of how many are in.

    How many copies there are is the operator's business, so no replication factor is named here.
    """
    client.collections.delete(COLLECTION)
    client.collections.create(
        COLLECTION,
        description=f"Debian packages, corpus {corpus.fingerprint}",
        vector_config=Configure.Vectors.self_provided(
            vector_index_config=Configure.VectorIndex.hnsw(distance_metric=VectorDistances.COSINE)
        ),
        properties=_properties(),
    )
    total = len(corpus.documents)
    for start in range(0, total, BATCH):
        rows = zip(corpus.documents[start : start + BATCH], corpus.vectors[start : start + BATCH], strict=True)
        _insert(client, [DataObject(one.properties, one.id, vector=vector.tolist()) for one, vector in rows])
        progress(min(start + BATCH, total), total)


def read(client: weaviate.WeaviateClient, progress: Callable[[int], None]) -> Contents:
    """Every document, read back page by page, as a number and a checksum; tells how many it has read."""

    def rows() -> Iterator[tuple[UUID, Mapping[str, object], list[float]]]:
        objects = client.collections.use(COLLECTION).iterator(include_vector=True, cache_size=BATCH)
        for number, found in enumerate(objects, start=1):
            vector = found.vector["default"]
            if number % BATCH == 0:
                progress(number)
            yield found.uuid, found.properties, vector  # type: ignore[misc]

    return _with_retries("reading the documents back", lambda: contents(rows()))


def _insert(client: weaviate.WeaviateClient, objects: list[DataObject[Mapping[str, str | int], None]]) -> None:
    def insert() -> None:
        answer = client.collections.use(COLLECTION).data.insert_many(objects)
        if answer.has_errors:
            raise DatabaseError(next(iter(answer.errors.values())).message)

    _with_retries("writing documents", insert)  # the UUIDs are given, so writing twice changes nothing


def _with_retries(what: str, attempt: Callable[[], Result]) -> Result:
    for number in range(1, ATTEMPTS + 1):
        try:
            return attempt()
        except (WeaviateBaseError, DatabaseError) as error:
            if number == ATTEMPTS:
                raise DatabaseError(
                    f"{what} failed {ATTEMPTS} times: {error}; look at `kubectl -n demo get pods` and the logs of "
                    "the gateway and of Weaviate"
                ) from error
            time.sleep(2.0**number)
    raise AssertionError("unreachable")


def _properties() -> list[Property]:
    exact = ("name", "section", "priority", "version")
    return [
        *(Property(name=name, data_type=DataType.TEXT, tokenization=Tokenization.FIELD) for name in exact),
        Property(name="description", data_type=DataType.TEXT),
        Property(name="maintainer", data_type=DataType.TEXT),
        Property(name="installedKibibytes", data_type=DataType.INT, index_range_filters=True),
        Property(name="downloadBytes", data_type=DataType.INT, index_range_filters=True),
        Property(name="versionDate", data_type=DataType.DATE, index_range_filters=True),
    ]
