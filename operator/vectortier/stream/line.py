"""One line of the stream: one observation as a JSON object."""

import json
import math
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError


class LineError(ValueError):
    """A line that cannot be used. The message names the field, its value and what would be right."""


def _not_nan(value: Any) -> Any:
    """A quantile of no searches is NaN where other quantiles are numbers; here that is null."""
    return None if isinstance(value, float) and math.isnan(value) else value


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("not finite")
    return value


_Number = Annotated[float, Field(ge=0), AfterValidator(_finite)]
_Share = _Number | None

_A_NUMBER = "a number of at least 0"
_SHARES = "a list with one share (0 to 1, or null) for each node, by ordinal"


class Line(BaseModel):
    """What was seen in the window that ends at `now`. Fields that are not known here are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    now: _Number = Field(description="Unix seconds, more than in the line before")
    window_seconds: Annotated[float, Field(gt=0), AfterValidator(_finite)] = Field(description="a number above 0")
    requests: _Number = Field(description=_A_NUMBER)
    bad: _Number = Field(description=_A_NUMBER)
    p50_ms: Annotated[_Number | None, BeforeValidator(_not_nan)] = Field(
        default=None, description="a number of at least 0, or null without searches"
    )
    p99_ms: Annotated[_Number | None, BeforeValidator(_not_nan)] = Field(
        default=None, description="a number of at least 0, or null without searches"
    )
    qps: _Number = Field(description=_A_NUMBER)
    writes_per_second: _Number = Field(description=_A_NUMBER)
    cpu_utilisation: tuple[_Share, ...] | None = Field(default=None, description=_SHARES)
    memory_utilisation: tuple[_Share, ...] | None = Field(default=None, description=_SHARES)
    disk_utilisation: tuple[_Share, ...] | None = Field(default=None, description=_SHARES)
    collections: dict[str, _Number] | None = Field(
        default=None, description="an object with the searches per second (at least 0) of each collection, by name"
    )
    nodes: Annotated[int, Field(ge=1, le=1000)] = Field(description="a whole number from 1 to 1000")
    serving: Annotated[int, Field(ge=0, le=1000)] = Field(description="a whole number from 0 to 1000")
    copies: Annotated[int, Field(ge=1, le=1000)] = Field(description="a whole number from 1 to 1000")
    copying: Annotated[int, Field(ge=0, le=1000)] = Field(description="a whole number from 0 to 1000")
    copy_seconds: _Number = Field(description=_A_NUMBER)
    bytes_per_copy: _Number = Field(description=_A_NUMBER)


class Gap(BaseModel):
    """A line without metrics. Without `now` it ends one window after the line before it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    now: _Number | None = Field(default=None, description="Unix seconds, more than in the line before")


_FIELDS = {"missing", *Line.model_fields}


def parse_line(told: dict[str, Any]) -> Line | Gap:
    """What the object of a line says. Raises LineError."""
    missing = told.get("missing", False)
    if not isinstance(missing, bool):
        raise LineError(f"missing is {_shown(missing)}, but must be true or false")
    kind: type[Line] | type[Gap] = Gap if missing else Line
    try:
        return kind.model_validate(told)
    except ValidationError as error:
        raise LineError(_sentence(kind, error)) from error


def unknown_fields(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Those of the names that no line has, each with a sentence: a utilisation that is misspelt would be missed by
    nobody."""
    for name in sorted(set(names) - _FIELDS):
        meant = get_close_matches(name, _FIELDS, n=1)
        yield name, f"{_shown(name)} is not known and is ignored{f'; did you mean {meant[0]}?' if meant else ''}"


def parse_object(text: bytes) -> dict[str, Any]:
    """The JSON object of a line. Raises LineError."""
    try:
        told = json.loads(text.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise LineError(f"it is not UTF-8: {error.reason} at byte {error.start + 1}") from error
    except json.JSONDecodeError as error:
        what = f"{error.msg} at column {error.colno}" if text.strip() else "the line is empty"
        raise LineError(f"it must be one JSON object, but: {what}") from error
    except RecursionError as error:
        raise LineError("it must be one JSON object, but: it is nested too deeply") from error
    except ValueError as error:  # a whole number of thousands of digits
        raise LineError("it must be one JSON object, but: a number has too many digits") from error
    if not isinstance(told, dict):
        raise LineError(f"it is {_shown(told)}, but must be one JSON object")
    return told


def _sentence(kind: type[BaseModel], error: ValidationError) -> str:
    first = error.errors()[0]
    name = str(first["loc"][0])
    wanted = kind.model_fields[name].description
    if first["type"] == "missing":
        return f'{name} is absent, but must be {wanted}; only with "missing": true may fields be absent'
    place = "".join(f"[{part}]" for part in first["loc"][1:] if isinstance(part, int))
    return f"{name}{place} is {_shown(first['input'])}, but must be {wanted}"


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:60]}..."
