"""Against the best fixed target on CPU or on searches per copy: one for all loads, chosen with hindsight."""

from tests.benchmarks.control.figures.figure import Measured, loads, mean, times
from tests.benchmarks.control.policies import FAMILIES, OURS, is_target
from tests.benchmarks.control.results import Figures, Results, times_optimum
from tests.benchmarks.control.settings import BASE


def best_target(results: Results, family: str | None = None) -> str | None:
    """The target with the least violating intervals on its worst load; of equal ones, the cheapest.

    Only targets that were run on every load count; None without any.
    """
    complete = [
        policy
        for policy in results.policies(BASE)
        if is_target(policy, family) and list(results.of(BASE, policy)) == results.loads()
    ]
    judged = {policy: results.of(BASE, policy) for policy in complete}
    return min(complete, key=lambda policy: (worst_violations(judged[policy]), _cost(judged[policy])), default=None)


def best_targets(results: Results) -> list[str]:
    """The best one of each family, as far as any was run."""
    return [best for family in FAMILIES if (best := best_target(results, family)) is not None]


def worst_load(results: Results) -> Measured | None:
    """By how many percentage points more intervals violate on our worst load than on the best target's worst load."""
    pair = _pair(results)
    if pair is None:
        return None
    ours, best, over = pair
    return Measured(worst_violations(ours) - worst_violations(best), over)


def replica_hours(results: Results) -> Measured | None:
    """As a multiple; each load counts alike, by its multiple of the optimum's."""
    pair = _pair(results)
    if pair is None:
        return None
    ours, best, over = pair
    return Measured(times(_cost(ours), _cost(best)), over)


def summed_replica_hours(results: Results) -> Measured | None:
    """As a multiple; each hour counts alike, so that it is mostly about the longest load."""
    pair = _pair(results)
    if pair is None:
        return None
    ours, best, over = pair
    return Measured(times(_hours(ours), _hours(best)), over)


def worst_violations(by_load: dict[str, Figures]) -> float:
    """Violating intervals in per cent, of the load with the most."""
    return max(float(figures["violating_intervals_percent"]) for figures in by_load.values())


def _pair(results: Results) -> tuple[dict[str, Figures], dict[str, Figures], str] | None:
    ours, best = results.of(BASE, OURS), best_target(results)
    if best is None or list(ours) != results.loads():
        return None
    targets = sum(is_target(policy) for policy in results.policies(BASE))
    return ours, results.of(BASE, best), f"{best}, best of {targets} targets on {loads(len(ours))}"


def _cost(by_load: dict[str, Figures]) -> float:
    return mean([times_optimum(figures) for figures in by_load.values()])


def _hours(by_load: dict[str, Figures]) -> float:
    return sum(float(figures["replica_hours"]) for figures in by_load.values())
