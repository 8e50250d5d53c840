"""Two tiers under the same load: what they ask for differently, and what became of it."""

from typing import Any

import pytest

from tests.unit.simulate.builders import model, rates, spec
from tests.unit.simulate.test_live import EAGER
from tests.unit.simulate.test_page import Checked
from vectortier.simulate.compare.comparison import FIGURES, Comparison, Figure, Side
from vectortier.simulate.compare.page import render_comparison_page
from vectortier.simulate.compare.text import render_comparison
from vectortier.simulate.page.page import decisions
from vectortier.simulate.simulation import prepare, simulate
from vectortier.simulate.text import render_decisions

LOAD = rates(*[0.9] * 20, *[1.8] * 40, *[2.8] * 40)


def side(name: str, **changes: Any) -> Side:
    asked = spec(damping=EAGER, **changes)
    return Side(name, asked, simulate(prepare(asked, LOAD, model(), "vectortier"), "vectortier", seed=1))


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return Comparison(side("a.yaml"), side("b.yaml", copies={"min": 1, "max": 1}))


def test_what_the_files_ask_for_differently_is_named(comparison: Comparison) -> None:
    assert comparison.asked_differently() == [("copies.max", 6, 1)]
    same = Comparison(comparison.first, comparison.first)
    assert same.asked_differently() == []
    assert "The files ask for the same." in render_comparison(same)


def test_a_field_that_only_one_has_is_named(comparison: Comparison) -> None:
    limited = Side("b.yaml", spec(damping=EAGER, weaviate={"nodeSelector": {"a": "b"}}), comparison.first.outcome)
    assert ("weaviate.nodeSelector.a", None, "b") in Comparison(comparison.first, limited).asked_differently()
    assert ("weaviate.nodeSelector.a", "b", None) in Comparison(limited, comparison.first).asked_differently()


@pytest.mark.parametrize(("second", "said"), [(5.04, "same"), (4.96, "same"), (5.06, "+0.1 h"), (4.9, "-0.1 h")])
def test_what_rounds_to_zero_is_the_same(comparison: Comparison, second: float, said: str) -> None:
    hours = Figure("", "h", 1, lambda outcome: second if outcome is comparison.second.outcome else 5.0)
    assert hours.difference(comparison) == said


def test_the_differences_are_those_of_the_figures(comparison: Comparison) -> None:
    told = comparison.as_json()
    first, second = told["tiers"]  # type: ignore[misc]
    assert (first["tier"], second["tier"]) == ("a.yaml", "b.yaml")
    assert first["shard_copies"] > 0 == second["shard_copies"]
    difference: Any = told["difference"]
    assert difference["shard_copies"] == -first["shard_copies"]
    more = second["violating_intervals_percent"] - first["violating_intervals_percent"]
    assert difference["violating_intervals_percent"] == pytest.approx(more)
    assert more > 0, "with fewer copies than the load asks for"
    assert "policy" not in difference
    assert "decisions" not in difference


def test_the_text_has_both_side_by_side(comparison: Comparison) -> None:
    lines = render_comparison(comparison).splitlines()
    assert lines[0].split() == ["a.yaml", "b.yaml", "difference"]
    copies = next(line for line in lines if line.startswith("copies of shards"))
    made = comparison.first.outcome.summary.shard_copies
    assert copies.split()[3:] == [str(made), "0", str(-made)]
    promise = next(line for line in lines if line.startswith("promise"))
    assert promise.endswith("same")
    assert len({len(line) for line in lines[: len(FIGURES) + 1]}) == 1, "the columns are straight"
    assert "  copies.max: 6 and 1" in lines
    for one in comparison.sides:
        decided = render_decisions(one.outcome.summary.decisions)
        after = lines.index(f"Decisions of {one.name}:") + 1
        assert lines[after : after + len(decided)] == decided
    assert comparison.first.outcome.summary.decisions != comparison.second.outcome.summary.decisions


def test_the_page_is_whole_and_has_both(comparison: Comparison) -> None:
    page = render_comparison_page(comparison, "vectortier on <load>")
    checked = Checked()
    checked.feed(page)
    assert (checked.open, checked.fetched) == ([], [])
    assert "http" not in page
    assert page.count("<figure>") == 3
    for text in ("copies that serve, a.yaml", "copies that serve, b.yaml", "copies.max", "Decisions of b.yaml"):
        assert text in page
    made = comparison.first.outcome.summary.shard_copies
    row = "".join(f'<td class="number">{number}</td>' for number in (made, 0, -made))
    assert f"<td>copies of shards</td>{row}" in page
    for one in comparison.sides:
        assert decisions(f"Decisions of {one.name}", one.outcome) in page
    assert page.count("copies that the load asks for") == 1


def test_each_promise_has_its_own_line_of_copies(comparison: Comparison) -> None:
    page = render_comparison_page(
        Comparison(comparison.first, side("b.yaml", slo={"search": {"p99Milliseconds": 200}})), "two promises"
    )
    for name in ("a.yaml", "b.yaml"):
        assert f"copies that the load asks for, {name}" in page


def test_what_a_file_says_is_text_on_the_page(comparison: Comparison) -> None:
    odd = Side(
        "b.yaml", spec(damping=EAGER, weaviate={"env": [{"name": "A", "value": "<i>"}]}), comparison.first.outcome
    )
    page = render_comparison_page(Comparison(comparison.first, odd), "odd")
    assert "&lt;i&gt;" in page
    assert "<i>" not in page
