"""Reading what the policy has learned of a tier, as an earlier process kept it."""

import json

from vectortier.api.reasons import Reason
from vectortier.clients.kubernetes import Object
from vectortier.model.learned import Learned
from vectortier.model.value import Unknown

LEARNED = "learned.json"


def model_name(tier: str) -> str:
    """The ConfigMap with the tier's learned parameters."""
    return f"{tier}-model"


def read_learned(config_map: Object | None) -> Learned | Unknown:
    """What the ConfigMap holds; the defaults if there is no ConfigMap; Unknown if it cannot be understood."""
    if config_map is None:
        return Learned()
    try:
        return Learned.model_validate(json.loads((config_map.get("data") or {})[LEARNED]))
    except (ValueError, KeyError) as error:  # a ValidationError is a ValueError
        name = config_map["metadata"]["name"]
        return Unknown(
            reason=Reason.JOURNAL_UNREADABLE,
            message=f"ConfigMap {name} does not hold learned parameters of this version, so learning begins anew: "
            f"{' '.join(str(error).split())}",
        )
