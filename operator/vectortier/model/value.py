"""What every value of the loop shares, and the value for 'not known'."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Value(BaseModel):
    """A frozen value, camelCase when serialised. Unknown fields are errors: a recording that we cannot read in full
    must not be decided upon."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Unknown(Value):
    """A reading that could not be had. Never zero: whoever meets it holds.

    `reason` is one of `vectortier.api.reasons`, `message` says what was tried and what to do.
    """

    reason: str
    message: str
