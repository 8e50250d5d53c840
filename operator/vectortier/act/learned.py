"""Keeping what the policy has learned: in memory from look to look, in a ConfigMap for the next process."""

import json
import logging
from dataclasses import dataclass, field

from vectortier.act.ownership import Term, owned_metadata
from vectortier.act.replace import put_in_place
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import Kubernetes, Object
from vectortier.clients.kubernetes_errors import KubernetesError
from vectortier.model.learned import Learned
from vectortier.model.observation import Identity
from vectortier.model.value import Unknown
from vectortier.observe.learned import LEARNED, model_name, read_learned
from vectortier.observe.tier import TierView

_log = logging.getLogger(__name__)
_WRITE_SECONDS = 600.0
"""How much of what was learned a crash may lose, outside operations."""


@dataclass
class Memory:
    """What each tier has taught this process. Losing it costs what was learned since the last write."""

    tiers: dict[tuple[str, str], tuple[str, Learned]] = field(default_factory=dict)

    def recall(self, view: TierView) -> Learned:
        """The newer of what is remembered and what is kept in the cluster: another process may have led meanwhile."""
        kept = _kept(view)
        uid, remembered = self.tiers.get(_key(view.identity), ("", None))
        if remembered is not None and uid == view.identity.uid and remembered.at >= kept.at:
            return remembered
        found = read_learned(view.find(kinds.CONFIG_MAP, model_name(view.identity.name)))
        if isinstance(found, Unknown):
            _log.warning("%s", found.message, extra={"namespace": view.identity.namespace, "tier": view.identity.name})
        return kept

    def note(self, tier: Identity, learned: Learned) -> None:
        """The next decision is made with this."""
        self.tiers[_key(tier)] = (tier.uid, learned)

    def forget(self, namespace: str, name: str) -> None:
        """The tier is gone."""
        self.tiers.pop((namespace, name), None)


def keep_learned(kubernetes: Kubernetes, view: TierView, learned: Learned, began: bool, term: Term) -> bool:
    """Write what was learned in the place of what was seen, when that is due; whether it was written.

    It is due when an operation has begun, and when ten minutes were learned from since the last write; never when
    nothing has changed. A write that fails is logged, and tried again by the next look.
    """
    kept = _kept(view)
    if learned == kept or not (began or abs(learned.at - kept.at) >= _WRITE_SECONDS):
        return False
    try:
        write_learned(kubernetes, view, learned, term)
    except KubernetesError as error:
        about = {"namespace": view.identity.namespace, "tier": view.identity.name}
        _log.warning("what was learned was not written: %s", error, extra=about)
        return False
    return True


def learned_text(learned: Learned) -> str:
    """The parameters as the ConfigMap holds them, to be read by people too."""
    return json.dumps(learned.model_dump(mode="json", by_alias=True), indent=1)


def _kept(view: TierView) -> Learned:
    found = read_learned(view.find(kinds.CONFIG_MAP, model_name(view.identity.name)))
    return Learned() if isinstance(found, Unknown) else found


def _key(tier: Identity) -> tuple[str, str]:
    return tier.namespace, tier.name


def write_learned(kubernetes: Kubernetes, view: TierView, learned: Learned, term: Term) -> None:
    """Put what was learned in the place of what was seen. Raises KubernetesError."""
    name = model_name(view.identity.name)
    body: Object = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": owned_metadata(view.identity, name, term),
        "data": {LEARNED: learned_text(learned)},
    }
    put_in_place(kubernetes, body, view.find(kinds.CONFIG_MAP, name))
