"""What the repository shows to its users is accepted, with nothing pruned."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.api.server import ApiServer
from vectortier.api import API_VERSION

ROOT = Path(__file__).parents[3]
_FENCED = re.compile(r"^```ya?ml\n(.*?)^```", re.MULTILINE | re.DOTALL)


def shown_objects() -> Iterator[Any]:
    """Every object of ours in the manifests and in the documents, named by its file."""
    texts = [(path, path.read_text(encoding="utf-8")) for path in sorted((ROOT / "manifests").rglob("*.yaml"))]
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        texts += [(page, block) for block in _FENCED.findall(page.read_text(encoding="utf-8"))]
    for path, text in texts:
        for obj in yaml.safe_load_all(text) if API_VERSION in text else ():
            if isinstance(obj, dict) and obj.get("apiVersion") == API_VERSION:
                yield pytest.param(obj, id=f"{path.relative_to(ROOT)}-{obj['metadata']['name']}")


@pytest.mark.parametrize("example", list(shown_objects()))
def test_an_example_is_accepted_whole(server: ApiServer, example: dict[str, Any]) -> None:
    here = {**example, "metadata": {"name": example["metadata"]["name"]}}

    assert server.try_create(here, strict=True) is None
