"""Documents, their vectors and the searches for them, made once and kept in the cache."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.demo import documents, embeddings

DOCUMENTS = 20_000
QUERIES = 2_000
_FORMAT = "1"  # raise it when what is kept, or how it is chosen, changes


@dataclass(frozen=True, slots=True)
class Corpus:
    """What the demo loads and searches for; `fingerprint` tells one choice of documents from another."""

    documents: list[documents.Document]
    vectors: embeddings.Vectors
    queries: embeddings.Vectors
    fingerprint: str
    cached: bool


def prepare(cache: Path, count: int = DOCUMENTS, queries: int = QUERIES) -> Corpus:
    """The corpus from `cache`, made first where it is not there."""
    folder = cache / "corpus" / f"{_FORMAT}-{count}-{queries}-{embeddings.MODEL_FILES['model.safetensors'][:12]}"
    if (kept := _read(folder)) is not None:
        return kept
    dump = documents.dump_available(cache, enough=count + queries)
    chosen, searches = documents.choose(dump, count, queries)
    vectors = embeddings.embed([one.text for one in chosen] + searches)
    made = Corpus(chosen, vectors[:count], vectors[count:], documents.digest(chosen), cached=False)
    _write(folder, made)
    return made


def _read(folder: Path) -> Corpus | None:
    if not (folder / "complete").is_file():
        return None
    rows = json.loads((folder / "documents.json").read_text())
    chosen = [documents.Document(uuid.UUID(row["id"]), row["properties"]) for row in rows]
    with np.load(folder / "vectors.npz") as stored:
        return Corpus(chosen, stored["documents"], stored["queries"], documents.digest(chosen), cached=True)


def _write(folder: Path, made: Corpus) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{"id": str(one.id), "properties": one.properties} for one in made.documents]
    (folder / "documents.json").write_text(json.dumps(rows))
    np.savez(folder / "vectors.npz", documents=made.vectors, queries=made.queries)
    (folder / "complete").touch()  # last, so that an interrupted run is never taken for a whole one
