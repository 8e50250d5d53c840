"""Kubernetes as far as the operator writes to it: objects with versions, and the StatefulSet's pods and claims."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.model.died import Fuse
from vectortier.act.ownership import EPOCH_ANNOTATION
from vectortier.children.metadata import COMPONENT_LABEL, TIER_LABEL
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import Object
from vectortier.clients.kubernetes_errors import (
    AlreadyExistsError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    NotLeadingError,
)

TIER, NAMESPACE = "t", "search"
READY_SECONDS, TERMINATION_SECONDS = 4.0, 15.0
WORKLOAD = f"{TIER}-weaviate"


@dataclass
class Pod:
    """A pod of the StatefulSet. `started_at`: None while its container does not run."""

    ordinal: int
    uid: str
    started_at: float | None
    changed_at: float
    revision: int
    """Of the spec that it was made from."""
    terminating_since: float | None = None
    """None: it is meant to go on. Its container runs until it is gone."""
    mark: str = ""
    """Of the leader's term."""

    @property
    def name(self) -> str:
        return f"{WORKLOAD}-{self.ordinal}"

    @property
    def version(self) -> str:
        """Another one whenever something of it has changed."""
        return f"{self.changed_at} {self.started_at} {self.terminating_since} {self.mark}"


@dataclass
class Claim:
    """A volume claim of a node. `left`: its node was taken away since."""

    uid: str
    size: str
    left: bool = False
    mark: str = ""
    """Of the leader's term."""

    @property
    def version(self) -> str:
        """Another one whenever something of it has changed."""
        return f"{self.size} {self.mark}"


@dataclass
class Store:
    """Every object there is. Objects are replaced, never changed in place, so that an older view stays what it was."""

    objects: dict[tuple[str, str], Object] = field(default_factory=dict)
    pods: dict[int, Pod] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    stuck: set[int] = field(default_factory=set)
    """Pods whose container does not start."""
    revision: int = 1
    """Of the StatefulSet's template."""
    bad: set[int] = field(default_factory=set)
    """Revisions whose pods do not start."""
    expandable: bool = True
    """Whether the claims' storage class lets them become larger."""
    writes: int = 0
    on_purge: Callable[[str], None] = lambda node: None
    """Told of each node whose claim is deleted, before it is."""
    on_put: Callable[[Object], None] = lambda body: None
    """Told of each object that is written, before it is."""
    on_end: Callable[[str], None] = lambda node: None
    """Told of each node whose pod the operator deletes, before it is."""
    on_release: Callable[[], None] = lambda: None
    """Told when the StatefulSet is about to be deleted, its pods left as they are."""
    on_begin: Callable[[str], None] = lambda node: None
    """Told of each node whose pod is made, before it is."""
    _now: float = 0.0
    _versions: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def put(self, body: Object) -> None:
        """Keep the object under a new version."""
        self.on_put(body)
        version = {**body["metadata"], "resourceVersion": str(next(self._versions))}
        self.objects[body["kind"], body["metadata"]["name"]] = {**body, "metadata": version}
        self.writes += 1

    @property
    def stateful_set(self) -> Object | None:
        return self.objects.get(("StatefulSet", WORKLOAD))

    @property
    def replicas(self) -> int:
        """What the StatefulSet asks for. While there is none, none is asked for and none is taken away."""
        found = self.stateful_set
        return len(self.pods) if found is None else int(found["spec"]["replicas"])

    def advance(self, now: float) -> None:
        """The StatefulSet's controller makes and ends pods; a claim is made with its first pod and never deleted."""
        for pod in list(self.pods.values()):
            if pod.terminating_since is not None:
                if now - pod.terminating_since >= TERMINATION_SECONDS:
                    del self.pods[pod.ordinal]
                    self.claims[pod.name].left = self.stateful_set is not None and pod.ordinal >= self.replicas
            elif pod.started_at is None and self._starts(pod.ordinal, pod.revision):
                pod.started_at = pod.changed_at = now
        self._now = now
        if self.stateful_set is not None:
            self._follow_stateful_set(now)

    def _follow_stateful_set(self, now: float) -> None:
        for ordinal in range(self.replicas):
            if ordinal not in self.pods:
                self._begin(ordinal, now)
        youngest = max(self.pods)
        if youngest >= self.replicas:
            self._end(self.pods[youngest], now)

    def end(self, pod: Pod) -> None:
        """Somebody deletes the pod."""
        self._end(pod, self._now)

    def _end(self, pod: Pod, now: float) -> None:
        pod.terminating_since = now if pod.terminating_since is None else pod.terminating_since

    def _begin(self, ordinal: int, now: float) -> None:
        name = f"{WORKLOAD}-{ordinal}"
        self.on_begin(name)
        claim = self.claims.setdefault(name, Claim(f"claim-{next(self._versions)}", self.new_volumes))
        claim.left = False
        started = now if self._starts(ordinal, self.revision) else None
        self.pods[ordinal] = Pod(ordinal, f"pod-{next(self._versions)}", started, now, self.revision)

    @property
    def new_volumes(self) -> str:
        """What a node that is added now gets."""
        assert self.stateful_set is not None
        return str(self.stateful_set["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"])

    def _starts(self, ordinal: int, revision: int) -> bool:
        return ordinal not in self.stuck and revision not in self.bad

    def view(self, now: float) -> dict[tuple[str, str], Object]:
        """All objects as they are listed now."""
        found = dict(self.objects)
        status = {"updateRevision": str(self.revision)}
        if self.stateful_set is not None:
            found["StatefulSet", WORKLOAD] = {**self.stateful_set, "status": status}
        for pod in self.pods.values():
            found["Pod", pod.name] = _pod(pod, now)
        for node, claim in self.claims.items():
            found["PersistentVolumeClaim", f"data-{node}"] = {
                "kind": "PersistentVolumeClaim",
                "metadata": {
                    "name": f"data-{node}",
                    "namespace": NAMESPACE,
                    "uid": claim.uid,
                    "resourceVersion": claim.version,
                    "annotations": {EPOCH_ANNOTATION: claim.mark},
                },
                "spec": _storage(claim.size),
                "status": {"phase": "Bound", "capacity": {"storage": claim.size}},
            }
        return found


class Kubernetes:
    """The client of one operator: it dies where the fuse says, and writes nothing once it does not lead."""

    def __init__(self, store: Store, fuse: Fuse, leads: Callable[[], bool]) -> None:
        self._store, self._fuse, self._leads = store, fuse, leads

    def create(self, body: Object) -> None:
        """A new object."""
        if (body["kind"], body["metadata"]["name"]) in self._store.objects:
            raise AlreadyExistsError(body["metadata"]["name"])
        self._write(lambda: self._store.put(body))

    def replace(self, body: Object) -> None:
        """An object in the place of the version that it names."""
        self._check(body)
        self._write(lambda: self._store.put(body))

    def patch(self, target: Object, change: Object) -> None:
        """What the change says, in the object that was seen."""
        if target["kind"] in (kinds.POD.name, kinds.VOLUME_CLAIM.name):
            found = self._seen(target)
            self._write(lambda: self._change(found, change))
            return
        self._check(target)
        self._write(lambda: self._store.put(_merged(target, change)))

    def delete_alone(self, target: Object) -> bool:
        """The StatefulSet that was seen, without its pods; whether it is there."""
        try:
            self._check(target)
        except NotFoundError:
            return False
        self._write(self._release)
        return True

    def _release(self) -> None:
        self._store.on_release()
        del self._store.objects["StatefulSet", WORKLOAD]
        self._store.writes += 1

    def _change(self, found: Pod | Claim, change: Object) -> None:
        """A mark, or a larger size of a claim."""
        if "spec" in change:
            assert isinstance(found, Claim)
            if not self._store.expandable:
                raise ForbiddenError("the storageclass that provisions the pvc must support resize")
            found.size = change["spec"]["resources"]["requests"]["storage"]
        else:
            found.mark = change["metadata"]["annotations"][EPOCH_ANNOTATION]
        self._store.writes += 1

    def delete(self, target: Object) -> bool:
        """The pod or the claim that was seen; whether it is there."""
        try:
            found = self._seen(target)
        except NotFoundError:
            return False
        self._write(lambda: self._end(found, target["metadata"]["name"]))
        return True

    def _end(self, found: Pod | Claim, name: str) -> None:
        if isinstance(found, Pod):
            self._store.on_end(name)
            self._store.end(found)
        else:
            node = name.removeprefix("data-")
            self._store.on_purge(node)
            del self._store.claims[node]
        self._store.writes += 1

    def _seen(self, target: Object) -> Pod | Claim:
        """The pod or the claim that was seen, as long as it is what it was."""
        metadata, name = target["metadata"], target["metadata"]["name"]
        found: Pod | Claim | None = (
            self._store.pods.get(int(name.rpartition("-")[2]))
            if target["kind"] == kinds.POD.name
            else self._store.claims.get(name.removeprefix("data-"))
        )
        if found is None:
            raise NotFoundError(name)
        if (found.uid, found.version) != (metadata["uid"], metadata["resourceVersion"]):
            raise ConflictError(f"{name} has changed since it was read")
        return found

    def _check(self, body: Object) -> None:
        seen = self._store.objects.get((body["kind"], body["metadata"]["name"]))
        if seen is None:
            raise NotFoundError(body["metadata"]["name"])
        if seen["metadata"]["resourceVersion"] != body["metadata"].get("resourceVersion"):
            raise ConflictError(f"{body['metadata']['name']} has changed since it was read")

    def _write(self, change: Callable[[], None]) -> None:
        if not self._leads():
            raise NotLeadingError("not tried, since this process does not lead")
        self._fuse.burn()
        change()
        self._fuse.burn()


def workload(replicas: int, size: str) -> Object:
    """The StatefulSet of the tier, whose nodes have volumes of this size."""
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": WORKLOAD, "namespace": NAMESPACE, "resourceVersion": "0"},
        "spec": {"replicas": replicas, "template": {"spec": {"containers": []}}, **_template(size)},
    }


def _template(size: str) -> Object:
    return {"volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": _storage(size)}]}


def _storage(size: str) -> Object:
    return {"resources": {"requests": {"storage": size}}}


def _merged(target: Object, change: Object) -> Object:
    found = dict(target)
    for key, value in change.items():
        found[key] = _merged(found.get(key) or {}, value) if isinstance(value, dict) else value
    return found


def _pod(pod: Pod, now: float) -> Object:
    up = pod.started_at is not None and now - pod.started_at >= READY_SECONDS
    status: dict[str, Any] = {
        "phase": "Running" if pod.started_at is not None else "Pending",
        "conditions": [{"type": "Ready", "status": str(up), "lastTransitionTime": _time(pod.changed_at)}],
        "containerStatuses": [{"name": "weaviate", "state": _state(pod)}],
    }
    if pod.started_at is not None:
        status["podIP"] = f"198.18.0.{pod.ordinal + 10}"
    metadata: dict[str, Any] = {
        "name": pod.name,
        "namespace": NAMESPACE,
        "uid": pod.uid,
        "resourceVersion": pod.version,
        "annotations": {EPOCH_ANNOTATION: pod.mark},
        "labels": {TIER_LABEL: TIER, COMPONENT_LABEL: "weaviate", "controller-revision-hash": str(pod.revision)},
    }
    if pod.terminating_since is not None:
        metadata["deletionTimestamp"] = _time(now)
    return {"kind": "Pod", "metadata": metadata, "spec": {"nodeName": "machine"}, "status": status}


def _state(pod: Pod) -> dict[str, Any]:
    if pod.started_at is None:
        return {"waiting": {"reason": "CrashLoopBackOff"}}
    return {"running": {"startedAt": _time(pod.started_at)}}


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
