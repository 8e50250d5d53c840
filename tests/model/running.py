"""Running schedules, so many of them."""

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import Schedule
from tests.model.world import World

STEPS = 10


@dataclass
class Tally:
    """What the schedules that were run came to."""

    schedules: int = 0
    looks: int = 0
    operations: Counter[str] = field(default_factory=Counter)

    def note(self, world: World) -> None:
        """One more, which has come to rest."""
        self.schedules += 1
        self.looks += len(world.plans)
        self.operations.update(f"{o.kind} {o.result}" for o in world.journal.history)


def run(schedules: int, number: int = 0, *, shrink: bool = False) -> Tally:
    """The same ones for each number. AssertionError: one of them broke an invariant; `shrink` looks for a short one."""
    tally = Tally()

    class Tallied(Schedule):
        def teardown(self) -> None:
            super().teardown()
            if hasattr(self, "world"):
                tally.note(self.world)

    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    options = settings(
        max_examples=schedules,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=phases,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(Tallied), settings=options)
    return tally


def violation(schedules: int, number: int) -> tuple[Tally, str | None]:
    """What the schedules came to, and what the first of them broke; None: nothing."""
    try:
        return run(schedules, number), None
    except (AssertionError, BaseExceptionGroup) as error:
        return Tally(), f"seed {number}: {error}"[:2000]


def finds(schedules: int = 30, seeds: int = 60) -> bool:
    """Whether any of the schedules of several seeds breaks something. Those of one seed are much alike."""
    return any(violation(schedules, number)[1] is not None for number in range(seeds))
