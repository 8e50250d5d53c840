"""Looking at a live tier as the operator does, without a write of any kind."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click

from vectortier.act.drift import drift
from vectortier.api.vectortier import VectorTierSpec
from vectortier.children.build import build_children
from vectortier.clients.kubernetes import Kubernetes, Object
from vectortier.clients.kubernetes_errors import KubernetesError
from vectortier.clients.prometheus import Prometheus, PrometheusSettings
from vectortier.decide.tier import decide
from vectortier.model.observation import Observation
from vectortier.model.plan import Plan
from vectortier.observe.tier import InvalidTierError, TierView, read_tier
from vectortier.ports import Ports
from vectortier.reconcile import context_of, observe
from vectortier.runtime.build import build_onlooker


@dataclass(frozen=True)
class Services:
    """Where Prometheus and Weaviate are, and how many seconds to wait for both together."""

    prometheus_url: str
    prometheus_headers: Mapping[str, str]
    prometheus_ca: Path | None
    prometheus_token_file: Path | None
    weaviate_url: str
    look_seconds: float


@dataclass(frozen=True)
class Change:
    """A child of the tier that another spec would change, and where first."""

    what: str
    where: str

    def as_json(self) -> dict[str, str]:
        """As it is printed."""
        return asdict(self)


@dataclass(frozen=True)
class LiveLook:
    """What was seen, what would be decided, and what another spec would change besides."""

    observed: Observation
    plan: Plan
    changes: tuple[Change, ...]


def look_live(
    client: Kubernetes, namespace: str, tier: str, changed: VectorTierSpec | None, services: Services
) -> LiveLook:
    """Observe the tier and decide about it, with the changed spec in the place of its own if there is one. Raises
    ClickException."""
    ports = build_onlooker(client, _prometheus(services), services.weaviate_url, services.look_seconds)
    try:
        live = read_tier(client, ports.pools.requests, namespace, tier)
    except (KubernetesError, InvalidTierError) as error:
        raise click.ClickException(f"{tier} in {namespace} cannot be read: {error}") from error
    if live is None:
        raise click.ClickException(f"there is no VectorTier {tier} in the namespace {namespace}; give -n for another")
    view = live if changed is None or changed == live.spec else _with_spec(live, changed)
    observed = asyncio.run(observe(view, ports, asyncio.Event()))
    return LiveLook(observed, decide(view.spec, observed, observed.now), _changes(live, view, ports))


def _prometheus(services: Services) -> Prometheus:
    return Prometheus(
        PrometheusSettings(
            url=services.prometheus_url,
            headers=services.prometheus_headers,
            bearer_token_file=services.prometheus_token_file,
            ca_file=services.prometheus_ca,
        )
    )


def _with_spec(view: TierView, spec: VectorTierSpec) -> TierView:
    """The tier as it will be once the API server has the spec: of the next generation."""
    identity = view.identity.model_copy(update={"generation": view.identity.generation + 1})
    return replace(view, spec=spec, identity=identity)


def _changes(live: TierView, view: TierView, ports: Ports) -> tuple[Change, ...]:
    """Children that come out otherwise with the other spec. Both are built here and now: what the operator itself adds,
    its image for one, is not known and the same in both."""
    if live is view:
        return ()
    before = {_name(child): child for child in build_children(context_of(live, ports))}
    after = {_name(child): child for child in build_children(context_of(view, ports))}
    gone = [Change(name, "would no longer be there") for name in before if name not in after]
    found = [
        Change(name, _where(before.get(name), child)) for name, child in after.items() if before.get(name) != child
    ]
    return (*found, *gone)


def _name(child: Object) -> str:
    return f"{child['kind']} {child['metadata']['name']}"


def _where(before: Object | None, after: Object) -> str:
    if before is None:
        return "would be made"
    return drift(after, before) or drift(before, after) or "its order"
