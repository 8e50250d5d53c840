"""Reading the journal of a tier's operations."""

import json
from typing import Any

from pydantic import ValidationError

from vectortier.api.reasons import Reason
from vectortier.clients.kubernetes import Object
from vectortier.model.journal import Journal
from vectortier.model.value import Unknown

OPERATION, HISTORY, SERVING = "operation.json", "history.json", "serving.json"


def journal_name(tier: str) -> str:
    """The ConfigMap with the tier's journal."""
    return f"{tier}-operations"


def read_journal(config_map: Object | None) -> Journal | Unknown:
    """The journal in the ConfigMap; an empty one if there is no ConfigMap; Unknown if it cannot be understood.

    An operation that cannot be read may still be moving data, so a journal is understood as a whole or not at all.
    """
    if config_map is None:
        return Journal()
    data = config_map.get("data") or {}
    try:
        return Journal(
            operation=_part(data, OPERATION, None),
            history=_part(data, HISTORY, ()),
            serving=_part(data, SERVING, ()),
        )
    except (ValueError, ValidationError) as error:
        name = config_map["metadata"]["name"]
        return Unknown(
            reason=Reason.JOURNAL_UNREADABLE,
            message=f"ConfigMap {name} does not hold a journal of this version: {error}. "
            "Go back to the version that wrote it; deleting it makes the operator forget what it was doing.",
        )


def _part(data: dict[str, str], key: str, absent: Any) -> Any:
    return json.loads(data[key]) if key in data else absent
