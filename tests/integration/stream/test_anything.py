"""Whatever somebody tells of a tier, there is an answer, and it stays within the bounds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.decide.wanting import growing_to, shrinking_to
from tests.unit.simulate.builders import spec
from tests.unit.stream.lines import NOW, line
from tests.unit.stream.test_answer import QUICK
from vectortier.decide.facts.look import Facts
from vectortier.model.value import Unknown
from vectortier.stream.answer import Stream
from vectortier.stream.line import Gap, Line

SMALL = st.integers(0, 5)
LINES = st.lists(
    st.one_of(
        st.none(),
        st.fixed_dictionaries(
            {
                "nodes": st.integers(1, 5),
                "serving": SMALL,
                "copies": st.integers(1, 5),
                "copying": SMALL,
                "bad": st.sampled_from([0.0, 10.0, 600.0, 9000.0]),
                "requests": st.sampled_from([0.0, 1500.0]),
            }
        ),
    ),
    min_size=1,
    max_size=40,
)


def keeps(facts: Facts) -> bool:
    """Whether the promise is kept."""
    return not isinstance(facts.load, Unknown) and facts.load.missed_seconds == 0.0


@settings(max_examples=100, deadline=None)
@given(LINES, st.sampled_from([15, 400]))
def test_every_line_is_answered_within_the_bounds(told: list[dict[str, float] | None], apart: int) -> None:
    answer_all(told, apart)


@settings(max_examples=100, deadline=None)
@given(LINES, st.sampled_from([15, 400]), st.integers(1, 8), st.integers(0, 6))
def test_a_policy_that_asks_for_several_at_once_is_kept_within_them(
    told: list[dict[str, float] | None], apart: int, grow: int, shrink: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        growing_to(patched, grow)
        shrinking_to(patched, shrink, keeps)
        answer_all(told, apart)


def answer_all(told: list[dict[str, float] | None], apart: int) -> None:
    operator = Stream(spec(damping=QUICK))
    most = 6
    for number, fields in enumerate(told):
        now = NOW + apart * number
        each: Line | Gap = Gap(now=now) if fields is None else line(**{**fields, "now": now})
        answer = operator.answer(each)
        if not any(told[: number + 1]):
            assert (answer.nodes, answer.copies) == (None, None), "nobody has told of the tier yet"
        else:
            assert answer.copies is not None
            assert 0 <= answer.copies <= most
            assert answer.nodes is not None
            assert 1 <= answer.nodes <= most
        if fields is None:
            assert answer.action == "Hold", "nothing is begun without metrics"
