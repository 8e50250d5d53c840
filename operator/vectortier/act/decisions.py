"""Keeping a decision whole, so that it can be explained and made again later."""

import logging

from vectortier.act.ownership import Term, owned_metadata
from vectortier.act.replace import put_in_place
from vectortier.children.metadata import TIER_LABEL
from vectortier.clients.kubernetes import Kubernetes, Object
from vectortier.clients.kubernetes_errors import KubernetesError
from vectortier.model.observation import Identity
from vectortier.observe.decisions import decisions_name, find_decisions
from vectortier.report.kept import Kept, with_kept

_log = logging.getLogger(__name__)


def keep_decision(kubernetes: Kubernetes, tier: Identity, kept: Kept, term: Term) -> bool:
    """Put the decision beside the ones that are kept; whether that was possible. Losing one loses no state, so a
    failure is only logged."""
    try:
        _write(kubernetes, tier, kept, term)
    except KubernetesError as error:
        about = {"namespace": tier.namespace, "tier": tier.name}
        _log.warning("decision %s was not kept: %s", kept.record["decision"], error, extra=about)
        return False
    return True


def _write(kubernetes: Kubernetes, tier: Identity, kept: Kept, term: Term) -> None:
    """Conditional on what is there now. Whoever calls has just written the status, so no former leader comes here."""
    seen = find_decisions(kubernetes, tier.namespace, tier.name)
    metadata = owned_metadata(tier, decisions_name(tier.name), term)
    # Without the label by which each look lists a tier's objects: nothing is decided from it, and it is long.
    del metadata["labels"][TIER_LABEL]
    body: Object = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
    body["data"] = with_kept((seen or {}).get("data") or {}, kept)
    put_in_place(kubernetes, body, seen)
