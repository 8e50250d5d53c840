"""Decisions kept whole: beside the record, everything to make the decision again.

One ConfigMap holds the last ten different ones, each under its id. What it was made from is compressed: the placement
of a tier with many tenants is long, and much the same from line to line.
"""

import base64
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vectortier.api.vectortier import VectorTierSpec
from vectortier.model.observation import Observation
from vectortier.model.plan import Plan
from vectortier.report.decisions import MOST
from vectortier.report.record import build_record

MOST_BYTES = 200_000
"""Of all kept decisions together. A ConfigMap holds 1 MiB."""
_SUFFIX = ".json"


class UnreadableError(Exception):
    """What was kept cannot be read; the message says which decision and why."""


@dataclass(frozen=True)
class Kept:
    """One decision with what it was made from. `spec`, `observation` and `plan` are JSON-ready, as they were
    serialised; None where they were too long to be kept."""

    at: float
    """Unix seconds."""
    record: Mapping[str, Any]
    spec: Mapping[str, Any] | None
    observation: Mapping[str, Any] | None
    plan: Mapping[str, Any] | None

    @property
    def whole(self) -> bool:
        """Whether it can be made again."""
        return self.spec is not None and self.observation is not None and self.plan is not None


def build_kept(spec: VectorTierSpec, observed: Observation, plan: Plan) -> Kept:
    """The decision that was made from the spec and the observation."""
    return Kept(
        at=observed.now,
        record=build_record(observed, plan),
        spec=spec.model_dump(mode="json", by_alias=True, exclude_none=True),
        observation=observed.model_dump(mode="json", by_alias=True),
        plan=plan.model_dump(mode="json", by_alias=True),
    )


def with_kept(data: Mapping[str, str], kept: Kept) -> dict[str, str]:
    """The ConfigMap's data with one more decision in it, without the oldest that have no room any more. An entry that
    cannot be read goes first."""
    newest = _encoded(kept)
    if len(newest) > MOST_BYTES:
        newest = _encoded(Kept(kept.at, kept.record, None, None, None))
    key = f"{kept.record['decision']}{_SUFFIX}"
    room, result = MOST_BYTES - len(newest), {key: newest}
    for older in sorted((k for k in data if k != key), key=lambda k: _at(data[k]), reverse=True)[: MOST - 1]:
        room -= len(data[older])
        if room < 0:
            break
        result[older] = data[older]
    return result


def decode_kept(data: Mapping[str, str]) -> tuple[Kept, ...]:
    """The decisions in a ConfigMap's data, the newest first. Raises UnreadableError."""
    return tuple(sorted((_decoded(key, text) for key, text in data.items()), key=lambda kept: -kept.at))


def _encoded(kept: Kept) -> str:
    parts = {"spec": kept.spec, "observation": kept.observation, "plan": kept.plan}
    packed = {name: _pack(part) for name, part in parts.items() if part is not None}
    return json.dumps({"at": kept.at, "record": kept.record, **packed})


def _decoded(key: str, text: str) -> Kept:
    try:
        entry = json.loads(text)
        parts = {name: _unpack(entry[name]) if name in entry else None for name in ("spec", "observation", "plan")}
        return Kept(at=float(entry["at"]), record=dict(entry["record"]), **parts)
    except (ValueError, KeyError, TypeError, EOFError, OSError) as error:  # what JSON, base64 and gzip raise
        raise UnreadableError(f"{key.removesuffix(_SUFFIX)} cannot be read: {error}") from error


def _at(text: str) -> float:
    try:
        return float(json.loads(text)["at"])
    except (ValueError, KeyError, TypeError):
        return 0.0


def _pack(part: Any) -> str:
    # Without a time in it, so that the same decision gives the same text.
    return base64.b64encode(gzip.compress(json.dumps(part, separators=(",", ":")).encode(), mtime=0)).decode()


def _unpack(text: str) -> dict[str, Any]:
    return dict(json.loads(gzip.decompress(base64.b64decode(text, validate=True))))
