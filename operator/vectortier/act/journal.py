"""Writing the journal. Every write is refused if the journal has changed since it was read."""

import json
from typing import Any

from vectortier.act.ownership import Term, owned_metadata
from vectortier.act.replace import put_in_place
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import Kubernetes, Object
from vectortier.model.journal import Journal
from vectortier.observe.journal import HISTORY, OPERATION, SERVING, journal_name
from vectortier.observe.tier import TierView


def write_journal(kubernetes: Kubernetes, view: TierView, journal: Journal, term: Term) -> None:
    """Put the journal in the place of the one that was seen. Raises KubernetesError."""
    name = journal_name(view.identity.name)
    body: Object = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": owned_metadata(view.identity, name, term),
        "data": journal_data(journal),
    }
    put_in_place(kubernetes, body, view.find(kinds.CONFIG_MAP, name))


def journal_data(journal: Journal) -> dict[str, str]:
    """The journal as the keys of a ConfigMap. One line per operation and endpoint, to be read by people too."""
    values = journal.model_dump(mode="json", by_alias=True, exclude_none=True)
    data = {HISTORY: _lines(values["history"]), SERVING: _lines(values["serving"])}
    if journal.operation is not None:
        data[OPERATION] = json.dumps(values["operation"], indent=1)
    return data


def _lines(items: list[Any]) -> str:
    return "[" + ",\n".join(json.dumps(item) for item in items) + "]"
