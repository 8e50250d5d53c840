"""Prometheus' query API.

Not prometheus-api-client: it returns the result only and drops the `warnings` by which Prometheus (and what speaks its
API: Thanos, Mimir) says that an answer is partial, and it waits without a deadline unless told otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vectortier.clients.errors import Invalid, Unauthorized
from vectortier.clients.http import Deadlines, JsonHttp, Request


@dataclass(frozen=True)
class PrometheusSettings:
    """Where Prometheus is and how to be let in. `url` may have a path, as behind Mimir or Thanos."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    bearer_token_file: Path | None = None
    """Read anew for each request: projected tokens are replaced while the operator runs."""
    ca_file: Path | None = None
    deadlines: Deadlines = field(default_factory=Deadlines)


class Series(BaseModel):
    """One series of an answer: its labels and its points, (Unix seconds, value) in order of time."""

    model_config = ConfigDict(frozen=True)

    labels: dict[str, str]
    points: tuple[tuple[float, float], ...]

    @property
    def value(self) -> float:
        """The newest value; NaN and infinities are possible."""
        return self.points[-1][1]


class Answer(BaseModel):
    """What a query gave. With warnings it is not the whole truth."""

    model_config = ConfigDict(frozen=True)

    series: tuple[Series, ...]
    warnings: tuple[str, ...] = ()


class _Result(BaseModel):
    metric: dict[str, str] = Field(default_factory=dict)
    value: tuple[float, float] | None = None
    values: tuple[tuple[float, float], ...] | None = None


class _Data(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    kind: str = Field(alias="resultType")
    result: Any


class _Response(BaseModel):
    """The `infos` of newer versions are left out: they criticise the query's style and say nothing of the data."""

    status: str
    data: _Data | None = None
    warnings: tuple[str, ...] = ()
    error: str = ""


class Prometheus:
    """A Prometheus server. It may be used by several threads. Every call raises ClientError."""

    def __init__(self, settings: PrometheusSettings, attempts: int = 2) -> None:
        self._settings = settings
        self._attempts = attempts
        verify: bool | str = str(settings.ca_file) if settings.ca_file else True
        self._http = JsonHttp(settings.headers, settings.deadlines, verify)

    @property
    def url(self) -> str:
        return self._settings.url

    def close(self) -> None:
        self._http.close()

    def query(self, promql: str, at: float) -> Answer:
        """The value of an expression at a point in time, in Unix seconds: one point for each series."""
        return self._ask("query", {"query": promql, "time": f"{at:.3f}"})

    def query_range(self, promql: str, start: float, end: float, step: float) -> Answer:
        """The values of an expression from start to end, both included, every `step` seconds."""
        times = {"start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step:.3f}"}
        return self._ask("query_range", {"query": promql, **times})

    def _ask(self, call: str, form: dict[str, str]) -> Answer:
        # Prometheus gives up itself a little before we do, and can then say why.
        # In milliseconds: Prometheus reads no fractions of a second.
        timeout = {"timeout": f"{max(500, round(self._settings.deadlines.total * 1000) - 500)}ms"}
        request = Request("POST", f"/api/v1/{call}", form={**form, **timeout}, headers=self._token())
        found = self._http.ask((self._settings.url,), request, self._attempts)
        try:
            response = _Response.model_validate(found)
            if response.status != "success" or response.data is None:
                raise Invalid(f"{request}: {response.error or 'no data'}: {form['query']}")
            return Answer(series=_series(response.data), warnings=response.warnings)
        except ValidationError as error:
            raise Invalid(f"{request}: unexpected answer: {error.errors()[0]['msg']}: {form['query']}") from error

    def _token(self) -> dict[str, str]:
        path = self._settings.bearer_token_file
        if path is None:
            return {}
        try:
            return {"Authorization": f"Bearer {path.read_text().strip()}"}
        except OSError as error:
            raise Unauthorized(f"the bearer token for Prometheus cannot be read from {path}: {error}") from error


def _series(data: _Data) -> tuple[Series, ...]:
    if data.kind == "scalar":
        return (_one(_Result(value=data.result)),)
    if data.kind not in {"vector", "matrix"}:
        raise Invalid(f"Prometheus answered with a {data.kind}, which is not a number")
    return tuple(_one(_Result.model_validate(result)) for result in data.result)


def _one(result: _Result) -> Series:
    points = result.values or ((result.value,) if result.value else ())
    if not points:
        raise Invalid(f"Prometheus answered with a series without a point: {result.metric}")
    return Series(labels=result.metric, points=points)
