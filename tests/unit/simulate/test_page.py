"""The page of a run: that it is whole, needs nothing else, and loses no violation."""

import random
from html.parser import HTMLParser

import pytest

from tests.unit.simulate.builders import model, rates, spec
from vectortier.simulate.page.charts import counting_scale, elapsed, milliseconds_scale, path, thinned
from vectortier.simulate.page.page import render_page
from vectortier.simulate.simulation import Outcome, prepare, simulate


@pytest.fixture
def outcome() -> Outcome:
    setting = prepare(spec(), rates(*[0.9] * 20, *[2.9] * 30), model(), "hpa-cpu=50")
    return simulate(setting, "hpa-cpu=50", seed=1)


class Checked(HTMLParser):
    """Fails unless every element is closed in order, and collects what a browser would have to fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in {"src", "href"}]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_else(outcome: Outcome) -> None:
    page = render_page(outcome, "hpa-cpu=50 on <load>")
    checked = Checked()
    checked.feed(page)
    assert (checked.open, checked.fetched) == ([], [])
    assert "http" not in page
    assert "&lt;load&gt;" in page
    assert "AboveTarget" in page
    assert page.count("<figure>") == 2


def test_of_many_points_the_greatest_are_drawn() -> None:
    values = [1.0] * 50_000
    values[random.Random(1).randrange(50_000)] = 9.0
    thin = thinned(values)
    assert len(thin) <= 1000
    assert thin.count(9.0) == 1


def test_scales_hold_their_values() -> None:
    copies = counting_scale([0.0, 7.3, float("inf")])
    assert copies.high >= 7.3
    assert copies.place(0.0) == 100.0
    latency = milliseconds_scale([3.0, 4000.0])
    assert (latency.low, latency.high) == (1.0, 10_000.0)
    assert latency.place(1.0) == 100.0
    assert latency.place(0.0) == 100.0, "what is below the scale is drawn at its edge"
    assert dict(latency.ticks)[1000.0] == "1 s"


def test_a_value_holds_until_the_next_one() -> None:
    assert path([1.0, 0.0], counting_scale([1.0]).place) == "M0.00 50.00H500.00V100.00H1000.00"


def test_where_there_is_nothing_to_draw_is_a_gap() -> None:
    drawn = path([None, 1.0, None, 0.0], counting_scale([1.0]).place)
    assert drawn == "M250.00 50.00H500.00M750.00 100.00H1000.00"
    assert thinned([None] * 5000) == [None] * 1000


def test_times_are_told_in_days_and_hours() -> None:
    assert elapsed(3 * 3600 + 5 * 60) == "3:05 h"
    assert elapsed(2 * 86_400 + 60) == "2 d 0:01 h"
