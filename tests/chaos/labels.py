"""What a write of the operator is called: the same name for the same moment of an operation, whenever it comes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_KIND = re.compile(r"/namespaces/[^/]+/(?P<kind>[a-z]+)(?:/(?P<name>[^/]+))?(?:/(?P<part>status))?$")
_EPOCH = "vectortier.dev/epoch"
_LEADERSHIP = "vectortier-operator"
_MOVEMENT = re.compile(r"/v1/replication/replicate/[^/]+$")


def label(method: str, path: str, body: Any) -> str | None:
    """For example 'journal: Copy Journalled' or 'POST /v1/replication/replicate'; None for the election of a leader,
    which goes on all the time and is no part of an operation."""
    found = _KIND.search(path)
    if found is None:
        return f"{method} {_MOVEMENT.sub('/v1/replication/replicate/ID', path)}"
    kind, name = found["kind"], found["name"] or _name(body)
    if kind == "leases" and name == _LEADERSHIP:
        return None
    if _only_marks(body):
        return f"mark {kind} with the term"
    return _kept(kind, name, body) or f"{method} {kind}{' status' if found['part'] else ''}"


def _kept(kind: str, name: str, body: Any) -> str | None:
    """Of what an operation is kept in; None for everything else."""
    spec = (body or {}).get("spec") or {}
    if kind == "configmaps":
        return f"journal: {_entry(body)}" if name.endswith("-operations") else name.rpartition("-")[2]
    if kind == "leases":
        return "lock taken" if spec.get("holderIdentity") else "lock given back"
    return "StatefulSet's replicas" if kind == "statefulsets" and set(spec) == {"replicas"} else None


def _name(body: Any) -> str:
    return str(((body or {}).get("metadata") or {}).get("name", ""))


def _only_marks(body: Any) -> bool:
    if not isinstance(body, Mapping) or set(body) - {"metadata"}:
        return False
    return _EPOCH in (body["metadata"].get("annotations") or {}) if "metadata" in body else False


def _entry(body: Any) -> str:
    """Of the operation in the journal: its last step that is not pending."""
    text = ((body or {}).get("data") or {}).get("operation.json") or ""
    operation = json.loads(text) if text.strip() else None
    if not operation:
        return "no operation"
    begun = [step for step in operation["steps"] if step["state"] != "Pending"]
    return f"{begun[-1]['name']} {begun[-1]['state']}" if begun else f"{operation['kind']} begun"
