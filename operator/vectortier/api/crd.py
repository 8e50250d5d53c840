"""The CustomResourceDefinitions of vectortier, generated from the models.

`python -m vectortier.api.crd` writes them into crds/; with `--check` it writes nothing and fails on a stale file.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import yaml

from vectortier.api import GROUP, VERSION
from vectortier.api.base import ApiModel
from vectortier.api.columns import PIPELINE_COLUMNS, TIER_COLUMNS, Column
from vectortier.api.files import check_or_write
from vectortier.api.ingestpipeline import IngestPipeline
from vectortier.api.schema import saying_defaults, structural_schema, without_defaults
from vectortier.api.vectortier import VectorTier

_HEADER = "# Generated from the models by `python -m vectortier.api.crd`; edit those instead.\n"


@dataclass(frozen=True)
class Resource:
    """How a kind presents itself to the API server and to kubectl."""

    model: type[ApiModel]
    plural: str
    short_name: str
    columns: tuple[Column, ...]
    selectable: tuple[str, ...]
    scale: dict[str, str] | None = None

    @property
    def kind(self) -> str:
        """The kind, which is the model's name."""
        return self.model.__name__


RESOURCES = (
    Resource(
        model=VectorTier,
        plural="vectortiers",
        short_name="vt",
        columns=TIER_COLUMNS,
        selectable=(".spec.mode", ".spec.temperature", ".spec.rotation.to.name"),
    ),
    Resource(
        model=IngestPipeline,
        plural="ingestpipelines",
        short_name="ingest",
        columns=PIPELINE_COLUMNS,
        selectable=(".spec.tierRef.name", ".spec.collection"),
        # No such thing for VectorTier: it is an autoscaler itself, and another one would fight it.
        scale={
            "specReplicasPath": ".spec.workers.replicas",
            "statusReplicasPath": ".status.replicas",
            "labelSelectorPath": ".status.selector",
        },
    ),
)


def root_schema(model: type[ApiModel]) -> dict[str, Any]:
    """The schema of a whole object; an empty status says that nobody has looked at it yet."""
    schema = saying_defaults(structural_schema(model))
    # Named here only so that a rule can point at it; 253 is what the API server allows every object.
    schema["properties"]["metadata"] = {
        "type": "object",
        "properties": {"name": {"type": "string", "maxLength": 253}},
    }
    status = without_defaults(structural_schema(model)["properties"]["status"])
    # kstatus takes an object without conditions for finished unless observedGeneration differs from generation.
    status["default"] = {"observedGeneration": -1}
    schema["properties"]["status"] = status
    return schema


def build_crd(resource: Resource) -> dict[str, Any]:
    """The CustomResourceDefinition of a kind, as the API server takes it."""
    subresources: dict[str, Any] = {"status": {}}
    if resource.scale is not None:
        subresources["scale"] = resource.scale
    version = {
        "name": VERSION,
        "served": True,
        "storage": True,
        "subresources": subresources,
        "additionalPrinterColumns": [column.to_schema() for column in resource.columns],
        "selectableFields": [{"jsonPath": path} for path in resource.selectable],
        "schema": {"openAPIV3Schema": root_schema(resource.model)},
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{resource.plural}.{GROUP}", "labels": {"app.kubernetes.io/part-of": "vectortier"}},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {
                "kind": resource.kind,
                "listKind": f"{resource.kind}List",
                "plural": resource.plural,
                "singular": resource.kind.lower(),
                "shortNames": [resource.short_name],
                "categories": ["vector"],
            },
            "versions": [version],
        },
    }


def render_crds() -> dict[str, str]:
    """The text of each file in crds/, by its name."""
    return {
        f"{resource.plural}.{GROUP}.yaml": _HEADER
        + yaml.safe_dump(build_crd(resource), sort_keys=False, width=120, allow_unicode=True)
        for resource in RESOURCES
    }


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail when a file is stale.")
@click.option("--directory", type=click.Path(path_type=Path), default=Path("crds"), show_default=True)
def main(check: bool, directory: Path) -> None:
    """Write the CustomResourceDefinitions into a directory."""
    check_or_write(render_crds(), directory, check=check)


if __name__ == "__main__":
    main()
