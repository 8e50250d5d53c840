"""Embeddings: only from the model that the demo was written with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.demo import embeddings


def test_another_model_file_is_refused(tmp_path: Path) -> None:
    for name in embeddings.MODEL_FILES:
        (tmp_path / name).write_bytes((embeddings.model_directory() / name).read_bytes())
    embeddings.verify(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(embeddings.EmbeddingsError, match=r"config\.json .*uv sync"):
        embeddings.verify(tmp_path)


def test_a_missing_model_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(embeddings.EmbeddingsError, match="no file"):
        embeddings.verify(tmp_path)
