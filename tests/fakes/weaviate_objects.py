"""Stored objects of the fake Weaviate, the same in every run."""

from __future__ import annotations

import random
import uuid
from typing import Any

DIMENSIONS = 8


def stored_objects(collection: str, shard: str, count: int) -> list[dict[str, Any]]:
    """So many objects with ids and vectors drawn from the names of the collection and the shard."""
    draw = random.Random(f"{collection}/{shard}")
    return [
        {
            "class": collection,
            "id": str(uuid.UUID(int=draw.getrandbits(128), version=4)),
            "properties": {"title": f"{shard} {number}"},
            "vector": [round(draw.uniform(-1, 1), 6) for _ in range(DIMENSIONS)],
        }
        for number in range(count)
    ]
