"""The schemas of the two kinds, as they are in the CRDs."""

from vectortier.api.crd import RESOURCES, root_schema

SCHEMAS = {resource.kind: root_schema(resource.model) for resource in RESOURCES}
