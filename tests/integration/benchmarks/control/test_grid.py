"""Which runs are made, and in which order they are shown."""

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.control.grid import Run, Selection, in_order, longest_first
from tests.benchmarks.control.loads.catalogue import LOADS
from tests.benchmarks.control.policies import POLICIES
from tests.benchmarks.control.settings import SETTINGS

BEST = ("hpa-cpu=60", "keda-qps=70")


def some(names: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(names), unique=True).map(tuple)


SELECTIONS = st.builds(Selection, some(tuple(LOADS)), some(tuple(SETTINGS)), some(POLICIES))


def test_every_policy_runs_on_every_load_at_the_base_setting() -> None:
    runs = Selection().first()
    assert {run.setting for run in runs} == {"base"}
    assert len(set(runs)) == len(runs) == len(LOADS) * len(POLICIES)
    assert {f"hpa-cpu={target}" for target in (45, 50, 85)} <= {run.policy for run in runs}


def test_at_the_other_settings_those_run_that_are_compared() -> None:
    runs = Selection().then(BEST)
    assert {run.policy for run in runs} == {"vectortier", "hpa-p99", "oracle", *BEST}
    assert {run.setting for run in runs} == set(SETTINGS) - {"base"}
    assert len(set(runs)) == len(runs) == len(LOADS) * (len(SETTINGS) - 1) * 5


def test_policies_that_are_named_run_at_every_setting() -> None:
    selection = Selection(loads=("step",), policies=("vespa",))
    assert selection.first() == [Run("step", setting, "vespa") for setting in SETTINGS]
    assert selection.then(BEST) == []


def test_without_the_base_setting_no_target_is_known_to_be_best() -> None:
    selection = Selection(loads=("step",), settings=("outage",))
    assert selection.first() == []
    assert [run.policy for run in selection.then(())] == ["vectortier", "hpa-p99", "oracle"]


@given(selection=SELECTIONS)
def test_nothing_runs_that_was_not_asked_for_and_nothing_twice(selection: Selection) -> None:
    runs = [*selection.first(), *selection.then(BEST)]
    assert len(set(runs)) == len(runs)
    for run in runs:
        assert run.load in (selection.loads or LOADS)
        assert run.setting in (selection.settings or SETTINGS)
        assert run.policy in (selection.policies or POLICIES)


@given(selection=SELECTIONS, seed=st.integers(0, 100))
def test_the_order_does_not_depend_on_which_run_was_done_first(selection: Selection, seed: int) -> None:
    runs = [*selection.first(), *selection.then(BEST)]
    shuffled = random.Random(seed).sample(runs, len(runs))
    assert in_order(shuffled) == in_order(runs)


def test_the_longest_load_is_begun_first() -> None:
    begun = longest_first([Run(load, "base", policy) for load in LOADS for policy in ("oracle", "vectortier")])
    assert begun[0] == Run("two-weeks", "base", "vectortier")
    lengths = [LOADS[run.load].seconds for run in begun]
    assert lengths == sorted(lengths, reverse=True)
