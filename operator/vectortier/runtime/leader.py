"""Leadership: one Lease, one leader, and an epoch that tells one term from the next."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from vectortier.clients.kubernetes import Kubernetes, Object
from vectortier.clients.kubernetes_errors import AlreadyExistsError, ConflictError, KubernetesError
from vectortier.clients.kubernetes_kinds import LEASE

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LeaseTimes:
    """In seconds. A leader that could not renew for `renew` stops writing well before others may take over, which
    is `duration` after they saw its last renewal."""

    duration: float = 15.0
    renew: float = 10.0
    retry: float = 2.0

    @classmethod
    def of(cls, duration: float) -> "LeaseTimes":
        """The usual proportions: 15, 10 and 2."""
        return cls(duration, duration * 2 / 3, duration * 2 / 15)


@dataclass
class Leadership:
    """Takes part in the election of a leader. `step` makes one attempt; `run` goes on until told to stop.

    Clocks of different machines are never compared: how long another leader has been silent is measured here, from
    when its last renewal was seen.
    """

    kubernetes: Kubernetes
    namespace: str
    name: str
    identity: str
    times: LeaseTimes = LeaseTimes()
    changed: Callable[[bool], None] = lambda leading: None
    epoch: int = 0
    """The number of the present term; 0 before the first."""
    beat: float = 0.0
    """When the last attempt was made, in monotonic seconds."""
    _until: float = 0.0
    _leading: bool = False
    _seen: tuple[Any, ...] = ()
    _seen_at: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    def holds(self) -> bool:
        """Whether this process may write at this moment."""
        return monotonic() < self._until

    def run(self) -> None:
        """Take part until `stop` is called; then give the lease back."""
        while not self._stop.is_set():
            self.step(monotonic(), datetime.now(UTC))
            self._stop.wait(self.times.retry)
        self._release(datetime.now(UTC))

    def stop(self) -> None:
        """End `run`."""
        self._stop.set()

    def step(self, now: float, wall: datetime) -> None:
        """Renew or try to take the lease. `now` is monotonic seconds, `wall` is only written down."""
        self.beat = now
        try:
            lease = self.kubernetes.find(LEASE, self.namespace, self.name)
            self._note(lease, now)
            if self._may_take(lease, now):
                self._take(lease, now, wall)
        except (ConflictError, AlreadyExistsError):
            _log.info("somebody else was quicker to take the lease")
        except KubernetesError as error:
            _log.warning("cannot renew or read the lease: %s", error)
        self._tell()

    def _note(self, lease: Object | None, now: float) -> None:
        spec = (lease or {}).get("spec") or {}
        seen = (spec.get("holderIdentity"), spec.get("renewTime"), spec.get("leaseTransitions"))
        if seen != self._seen:
            self._seen, self._seen_at = seen, now
        if spec.get("holderIdentity") != self.identity:
            # Somebody may have deleted the lease under us, and another has been quicker: not ours until it is again.
            self._until = 0.0

    def _may_take(self, lease: Object | None, now: float) -> bool:
        spec = (lease or {}).get("spec") or {}
        if (spec.get("holderIdentity") or "") in ("", self.identity):
            return True
        return now > self._seen_at + float(spec.get("leaseDurationSeconds") or self.times.duration)

    def _take(self, lease: Object | None, now: float, wall: datetime) -> None:
        spec = (lease or {}).get("spec") or {}
        renewal = spec.get("holderIdentity") == self.identity
        epoch = int(spec.get("leaseTransitions") or 0) + (0 if renewal else 1)
        written = {
            "holderIdentity": self.identity,
            "leaseDurationSeconds": max(1, round(self.times.duration)),
            "acquireTime": spec.get("acquireTime") if renewal else _micro_time(wall),
            "renewTime": _micro_time(wall),
            "leaseTransitions": epoch,
        }
        self._write(lease, written)
        # From when the attempt began, not from when it was answered: others may have seen it as early as that.
        self.epoch, self._until = epoch, now + self.times.renew

    def _write(self, lease: Object | None, spec: dict[str, Any]) -> None:
        if lease is None:
            metadata = {"name": self.name, "namespace": self.namespace}
            self.kubernetes.create(
                {"apiVersion": LEASE.api_version, "kind": LEASE.name, "metadata": metadata, "spec": spec}
            )
        else:
            self.kubernetes.replace({**lease, "spec": spec})

    def _release(self, wall: datetime) -> None:
        if not self.holds():
            return
        # First stop writing, then let others begin.
        self._until = 0.0
        self._tell()
        try:
            lease = self.kubernetes.find(LEASE, self.namespace, self.name)
            if lease is not None and lease["spec"].get("holderIdentity") == self.identity:
                self._write(lease, {**lease["spec"], "holderIdentity": "", "renewTime": _micro_time(wall)})
        except KubernetesError as error:
            _log.warning("cannot give the lease back, others wait until it runs out: %s", error)

    def _tell(self) -> None:
        leading = self.holds()
        if leading != self._leading:
            self._leading = leading
            _log.info("leading" if leading else "not leading any more", extra={"epoch": self.epoch})
            self.changed(leading)


def _micro_time(wall: datetime) -> str:
    return wall.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
