"""Whole children against expected files: `golden/<case>/tier.yaml` in, `children.yaml` out.

After a deliberate change run `pytest tests/unit/children --update-golden` and read the diff: it is what will change
in every cluster at the next start of the operator.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import yamlfiles
from tests.unit.children.tiers import tier
from vectortier.children.build import build_children
from vectortier.children.gateway import BOOTSTRAP_ANNOTATION, BOOTSTRAP_KEY
from vectortier.children.keys import build_keys

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(path.name for path in GOLDEN.iterdir())


class _Plain(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes what occurs twice twice: anchors do not read well in a diff."""

    def ignore_aliases(self, data: object) -> bool:
        return True


@pytest.mark.parametrize("case", CASES)
def test_children_are_as_expected(case: str, update_golden: bool) -> None:
    folder = GOLDEN / case
    written = yamlfiles.load((folder / "tier.yaml").read_text())
    context = tier(written["spec"], **written["metadata"], nodes=written["nodes"], copies=written["copies"])
    keys = build_keys(context, bytes)
    children = [*build_children(context), *([keys] if keys else [])]

    built = yaml.dump_all((_without_bootstrap(child) for child in children), Dumper=_Plain, sort_keys=True, width=120)
    if update_golden:
        (folder / "children.yaml").write_text(built)

    expected = (folder / "children.yaml").read_text()
    assert yamlfiles.load_all(built) == yamlfiles.load_all(expected)
    assert built == expected, "same meaning, other text: run with --update-golden"


def _without_bootstrap(child: dict[str, Any]) -> dict[str, Any]:
    """The gateway's bootstrap has tests of its own, so that a change of it does not change every file here."""
    if BOOTSTRAP_KEY in child.get("data", {}):
        return child | {"data": {BOOTSTRAP_KEY: "the bootstrap"}}
    if child["kind"] == "Deployment":
        template = child["spec"]["template"]
        masked = template | {"metadata": template["metadata"] | {"annotations": {BOOTSTRAP_ANNOTATION: "its hash"}}}
        return child | {"spec": child["spec"] | {"template": masked}}
    return child
