"""What two runs under the same load have in common, and in what they differ."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vectortier.api.vectortier import VectorTierSpec
from vectortier.simulate.simulation import Outcome

Leaf = str | int | float | bool | None


@dataclass(frozen=True)
class Side:
    """One of the two: what its file is called, what it asks for, and what became of it."""

    name: str
    spec: VectorTierSpec
    outcome: Outcome


@dataclass(frozen=True)
class Comparison:
    """Both ran under the same load, model, policy and seed."""

    first: Side
    second: Side

    @property
    def sides(self) -> tuple[Side, Side]:
        """In the order in which they were given."""
        return self.first, self.second

    def asked_differently(self) -> list[tuple[str, Leaf, Leaf]]:
        """The fields of the specs that differ, each with both values; None where one has no such field."""
        first, second = (dict(_leaves(side.spec.model_dump(mode="json", by_alias=True))) for side in self.sides)
        names = [*first, *(name for name in second if name not in first)]
        return [(name, first.get(name), second.get(name)) for name in names if first.get(name) != second.get(name)]

    def as_json(self) -> dict[str, object]:
        """As `--output json` prints it: the figures of each, and the second's numbers less the first's."""
        first, second = (side.outcome.summary.as_json() for side in self.sides)
        fields = [{"field": name, "values": [a, b]} for name, a, b in self.asked_differently()]
        return {
            "policy": first["policy"],
            "asked_differently": fields,
            "difference": _difference(first, second),
            "tiers": [{"tier": self.first.name, **first}, {"tier": self.second.name, **second}],
        }


@dataclass(frozen=True)
class Figure:
    """A row of the table: what it is, in which unit, with how many decimals, and where it is from."""

    label: str
    unit: str
    decimals: int
    of: Callable[[Outcome], float]

    def show(self, outcome: Outcome) -> str:
        """For example '1.25 %'."""
        return f"{self.of(outcome):.{self.decimals}f} {self.unit}".strip()

    def difference(self, comparison: Comparison) -> str:
        """The second less the first, with its sign; nothing where it rounds to zero."""
        value = self.of(comparison.second.outcome) - self.of(comparison.first.outcome)
        text = f"{value:+.{self.decimals}f}"
        return f"{text} {self.unit}".strip() if float(text) != 0 else "same"


FIGURES = (
    Figure("promise, p99", "ms", 0, lambda outcome: outcome.promise.seconds * 1000),
    Figure("intervals that break the promise", "%", 2, lambda outcome: outcome.summary.violating_intervals_percent),
    Figure("searches that break it", "%", 2, lambda outcome: outcome.summary.violating_requests_percent),
    Figure("replica hours", "h", 1, lambda outcome: outcome.summary.replica_hours),
    Figure("replica hours of the optimum", "h", 1, lambda outcome: outcome.summary.oracle_replica_hours),
    Figure("copies of shards", "", 0, lambda outcome: outcome.summary.shard_copies),
    Figure("data moved", "GB", 1, lambda outcome: outcome.summary.gigabytes_moved),
    Figure("reversals within 10 minutes", "", 0, lambda outcome: outcome.summary.reversals),
    Figure("decisions", "", 0, lambda outcome: len(outcome.summary.decisions)),
)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Leaf]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{number}]")
    else:
        yield path, value


def _difference(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, float]:
    numbers = [name for name, value in first.items() if isinstance(value, int | float)]
    return {name: round(second[name] - first[name], 4) for name in numbers}
