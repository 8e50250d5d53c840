"""What the rules are given."""

from dataclasses import dataclass
from functools import lru_cache

from vectortier.api.vectortier import VectorTierSpec
from vectortier.decide.facts.judgement import Judgement, judge
from vectortier.decide.facts.movement import movement_seconds
from vectortier.decide.facts.need import Sizing, Wanted
from vectortier.decide.facts.windows import Windows, read_windows
from vectortier.model.journal import Journal
from vectortier.model.learned import Learned
from vectortier.model.load import Load
from vectortier.model.observation import Identity, Observation
from vectortier.model.value import Unknown
from vectortier.model.weaviate import Database
from vectortier.model.workload import Pod, Workload


@dataclass(frozen=True)
class Look:
    """One observation beside the spec; any part may be Unknown. `now` is Unix seconds."""

    spec: VectorTierSpec
    observed: Observation
    now: float


@dataclass(frozen=True)
class Facts:
    """A look whose cluster, database and journal are known; only the load may still be Unknown."""

    spec: VectorTierSpec
    tier: Identity
    now: float
    workload: Workload
    database: Database
    journal: Journal
    load: Load | Unknown
    windows: Windows | Unknown
    """Of the load."""
    verdict: Judgement
    """Whether the promise is kept, by the windows."""
    learned: Learned
    movement_seconds: float
    """How long it takes until another copy serves."""
    sizing: Sizing | None = None
    """What that asks for; None: not known."""
    wanted: Wanted | None = None
    """Another number of copies than there are; None: there are as many as there should be, or that is not known."""

    def pod(self, name: str) -> Pod | None:
        """The pod of a node, None when there is none."""
        return next((p for p in self.workload.pods if p.name == name), None)


def facts_of(look: Look) -> Facts | None:
    """The facts, or None while any of them is Unknown."""
    seen = look.observed
    if isinstance(seen.workload, Unknown) or isinstance(seen.database, Unknown) or isinstance(seen.journal, Unknown):
        return None
    windows = read_windows(seen.load)
    return Facts(
        spec=look.spec,
        tier=seen.tier,
        now=look.now,
        workload=seen.workload,
        database=seen.database,
        journal=seen.journal,
        load=seen.load,
        windows=windows,
        verdict=judge(look.spec, windows),
        learned=seen.learned,
        movement_seconds=movement_seconds(seen.journal),
    )


@lru_cache(maxsize=1024)  # a look asks for the same few names again and again
def node_name(tier: str, ordinal: int) -> str:
    """The name of a Weaviate node, which is also its pod's."""
    return f"{tier}-weaviate-{ordinal}"


def is_running(pod: Pod) -> bool:
    """Whether the pod's Weaviate container runs and is meant to go on running."""
    return pod.started_at is not None and not pod.terminating
