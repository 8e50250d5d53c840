"""The serving sets of all tiers, as gateways ask for them; every replica of the operator has them."""

from vectortier.children.metadata import TIER_LABEL
from vectortier.clients.kubernetes import Object
from vectortier.gateway.xds import Endpoint, ServingSet
from vectortier.model.value import Unknown
from vectortier.observe.journal import SERVING, journal_name, read_journal


class ServingSets:
    """Filled from the tiers' journals as they change. A tier without one is not known, which is not an empty set."""

    def __init__(self) -> None:
        self._sets: dict[tuple[str, str], ServingSet] = {}

    def lookup(self, namespace: str, tier: str) -> ServingSet | None:
        """Whom the tier's gateway should send requests to; None if that is not known."""
        return self._sets.get((namespace, tier))

    def update(self, config_map: Object) -> None:
        """Take over the serving set if this is a tier's journal. One that cannot be read changes nothing."""
        metadata = config_map["metadata"]
        tier = (metadata.get("labels") or {}).get(TIER_LABEL)
        if not tier or metadata["name"] != journal_name(tier) or SERVING not in (config_map.get("data") or {}):
            return
        journal = read_journal(config_map)
        if not isinstance(journal, Unknown):
            endpoints = (Endpoint(endpoint.pod, endpoint.ip) for endpoint in journal.serving)
            self._sets[metadata["namespace"], tier] = tuple(endpoints)

    def forget(self, namespace: str, tier: str) -> None:
        """The tier is gone; a gateway that still asks keeps what it has."""
        self._sets.pop((namespace, tier), None)
