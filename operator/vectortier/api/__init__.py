"""The two custom resources: pydantic models, conditions, reasons, and the CRDs generated from them."""

GROUP = "vectortier.dev"
VERSION = "v1alpha1"
API_VERSION = f"{GROUP}/{VERSION}"
FIELD_MANAGER = "vectortier"
