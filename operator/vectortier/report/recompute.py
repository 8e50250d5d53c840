"""Making a decision again, and comparing what comes out with what was kept."""

import json
from typing import Any

from pydantic import ValidationError

from vectortier.api.validation import first_problem
from vectortier.api.vectortier import VectorTierSpec
from vectortier.decide.tier import decide
from vectortier.model.observation import Observation
from vectortier.report.kept import Kept
from vectortier.report.record import build_record


def why_not_the_same(kept: Kept) -> str | None:
    """The first difference between the kept decision, which has to be whole, and the one that is made of its spec and
    observation now; None when there is none."""
    try:
        spec = VectorTierSpec.model_validate(kept.spec)
        observed = Observation.model_validate(kept.observation)
    except ValidationError as error:
        return f"it was kept by another version: {first_problem(error)}"
    plan = decide(spec, observed, observed.now)
    again = plan.model_dump(mode="json", by_alias=True)
    record = json.loads(json.dumps(build_record(observed, plan)))
    return first_difference(kept.plan, again, "plan") or first_difference(kept.record, record, "record")


def first_difference(kept: Any, again: Any, path: str) -> str | None:
    """Where two JSON values differ first, with both; None where they are the same."""
    if isinstance(kept, dict) and isinstance(again, dict):
        for key in [*kept, *(key for key in again if key not in kept)]:
            found = first_difference(kept.get(key), again.get(key), f"{path}.{key}")
            if found is not None:
                return found
        return None
    if isinstance(kept, list) and isinstance(again, list) and len(kept) == len(again):
        pairs = enumerate(zip(kept, again, strict=True))
        return next((found for i, (a, b) in pairs if (found := first_difference(a, b, f"{path}[{i}]"))), None)
    # NaN is no different from NaN here.
    same = kept == again or repr(kept) == repr(again)
    return None if same else f"{path} was {_short(kept)}, and is now {_short(again)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:299]}…"
