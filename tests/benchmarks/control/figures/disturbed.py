"""What disturbances do to our policy: against the same without noise, failed scrapes and drift; and without metrics."""

from collections.abc import Callable

from tests.benchmarks.control.figures.figure import Measured, loads, mean, times
from tests.benchmarks.control.policies import OURS
from tests.benchmarks.control.results import Figures, Results, times_optimum
from tests.benchmarks.control.settings import OUTAGE, OUTAGE_SECONDS, SETTINGS, UNDISTURBED, outage_start
from vectortier.simulate.rates import INTERVAL_SECONDS


def violating_intervals(setting: str) -> Callable[[Results], Measured | None]:
    """The mean over the loads, as a multiple of the undisturbed one."""
    return _against_undisturbed(setting, lambda figures: float(figures["violating_intervals_percent"]))


def replica_hours(setting: str) -> Callable[[Results], Measured | None]:
    """The same of the multiples of the optimum's: it has to cope with the drift too."""
    return _against_undisturbed(setting, times_optimum)


def _against_undisturbed(setting: str, figure: Callable[[Figures], float]) -> Callable[[Results], Measured | None]:
    def answer(results: Results) -> Measured | None:
        disturbed, calm = results.of(setting, OURS), results.of(UNDISTURBED, OURS)
        both = [load for load in disturbed if load in calm]
        if not both:
            return None
        now, before = (mean([figure(by_load[load]) for load in both]) for by_load in (disturbed, calm))
        return Measured(times(now, before), f"means of {loads(len(both))}: {now:.3g} after {before:.3g}")

    return answer


def blind_scale_ins(results: Results) -> Measured | None:
    """How often our policy scaled in from when the first failed scrape showed until the first good one did."""
    ours = results.of(OUTAGE, OURS)
    if not ours:
        return None
    return Measured(sum(map(_blind_scale_ins, ours.values())), f"sum of {loads(len(ours))}")


def _blind_scale_ins(figures: Figures) -> int:
    seconds = figures["intervals"] * INTERVAL_SECONDS
    start = outage_start(seconds) + INTERVAL_SECONDS + SETTINGS[OUTAGE].model(seconds).scrape_lag_seconds
    return sum(d["action"] == "ScaleIn" and start <= d["t"] < start + OUTAGE_SECONDS for d in figures["decisions"])
