"""What every model of the API shares."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class ApiModel(BaseModel):
    """A frozen value whose fields are camelCase in YAML and snake_case in Python.

    Unknown fields are ignored: a newer CRD must not crash an older operator. Whoever misspells a field is told by
    the API server, which prunes unknown fields and warns.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)
