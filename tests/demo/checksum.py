"""One number for what a collection holds: two readings agree exactly when nothing was lost, added or altered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import numpy as np


@dataclass(frozen=True, slots=True)
class Contents:
    """How many documents there are, and their checksum."""

    documents: int
    checksum: str


def canonical(properties: Mapping[str, object]) -> bytes:
    """Properties as JSON with sorted keys; what is absent and what is null are the same, times are RFC 3339 in UTC."""
    present = {key: _plain(value) for key, value in properties.items() if value is not None}
    return json.dumps(present, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def contents(rows: Iterable[tuple[UUID, Mapping[str, object], Iterable[float]]]) -> Contents:
    """sha256 over (UUID, canonical properties, little-endian float32 vector) in the order of the UUIDs."""
    digests = []
    for identity, properties, vector in rows:
        row = hashlib.sha256(identity.bytes)
        row.update(canonical(properties))
        row.update(np.asarray(vector, dtype="<f4").tobytes())
        digests.append((identity.bytes, row.digest()))
    total = hashlib.sha256()
    for identity_bytes, digest in sorted(digests):
        total.update(identity_bytes + digest)
    return Contents(len(digests), total.hexdigest())


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, float) and value.is_integer():
        return int(value)  # an integer that came through JSON as 12.0
    return value
