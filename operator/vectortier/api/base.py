"""What every model of the API shares."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema

from vectortier.api.cel import VALIDATIONS, Rule


class ApiModel(BaseModel):
    """A frozen value whose fields are camelCase in YAML and snake_case in Python.

    Unknown fields are ignored: a newer CRD must not crash an older operator. Whoever misspells a field is told by
    the API server, which prunes unknown fields and warns.

    `checks` are the rules that the API server holds an object of this kind to, beyond types and bounds.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)

    checks: ClassVar[tuple[Rule, ...]] = ()

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        reference = handler(core_schema)
        schema = handler.resolve_ref_schema(reference)
        if cls.checks:
            schema[VALIDATIONS] = [check.to_schema() for check in cls.checks]
        return reference
