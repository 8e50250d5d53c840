"""The page: it needs nothing else, says what the report says, and hides no gap."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.demo import charts, words
from tests.demo.page import page
from tests.demo.phases import Moments
from tests.demo.report import report
from tests.unit.demo import runs

VOID = {"meta", "link", "img", "br", "hr", "input"}


class Balanced(HTMLParser):
    """Fails on a tag that is not closed where it should be."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def html() -> str:
    return page(report(runs.good()))


def test_it_is_whole_and_loads_nothing(html: str) -> None:
    parser = Balanced()
    parser.feed(html)
    assert parser.open == []
    assert not re.findall(r"""(?:src|href)=["'](?!#)""", html)
    assert not re.findall(r"url\(|@import|https?://", html)


def test_text_of_the_cluster_is_escaped(html: str) -> None:
    assert "&lt;b&gt;now&lt;/b&gt;" in html
    assert "<b>now</b>" not in html


def test_each_decision_is_marked_and_listed_at_its_time(html: str) -> None:
    assert re.findall(r'<a href="#decision-(\d)" style="left:([\d.]+)%', html) == [
        ("1", "7.50"),
        ("2", "15.00"),
        ("3", "70.00"),
    ]
    assert "2:00</span><span><b>ScaleOut</b> SLOMissed" in html
    assert html.count('class="mark"') == 3 * 3


def test_each_phase_is_shaded_in_every_chart(html: str) -> None:
    for name in ("before", "during_rebalance", "after", "after_scale_in"):
        assert html.count(f'class="shade {name}"') == 3


def drawn_moments(html: str) -> list[str]:
    return re.findall(r'class="moment" d="M([\d.]+) 0V', html)


def test_the_fall_of_the_load_and_the_smaller_tier_are_marked_in_every_chart_and_named_above(html: str) -> None:
    assert drawn_moments(html) == ["500.00", "800.00"] * 3
    assert '<span class="right" style="left:50.00%">the load falls</span>' in html
    assert '<span class="left" style="left:80.00%">fewer nodes</span>' in html


def test_a_moment_that_has_not_come_is_not_marked() -> None:
    kept = page(report(runs.never_shrunk()))
    assert drawn_moments(kept) == ["500.00"] * 3
    assert ">the load falls</span>" in kept
    assert ">fewer nodes</span>" not in kept
    early = page(report(runs.never_shrunk(moments=Moments(50, 120, 200), low_qps=None)))
    assert drawn_moments(early) == []
    assert 'class="moments"' not in early


def test_the_story_is_told_as_far_as_it_has_come() -> None:
    fell, gone = "the load fell to 27.1 per second", "4 minutes later the operator had taken away"
    whole = words.lead(report(runs.good()))
    assert fell in whole
    assert f"{gone} what was not needed any more; none were late with what was left." in whole
    kept = words.lead(report(runs.never_shrunk()))
    assert fell in kept
    assert gone not in kept
    early = words.lead(report(runs.good(moments=Moments(50, 120, 200), low_qps=None)))
    assert "the load fell" not in early


def test_failures_between_the_phases_show_in_the_figures_that_matter_most() -> None:
    made = report(runs.good(requests=runs.one_failure(450)))
    assert not any(phase["errors"] for phase in made["phases"].values())
    assert "<b>1</b><span>searches failed, in the whole run</span>" in page(made)


def test_the_title_tells_the_outcome() -> None:
    assert "the tier shrank with the load" in words.title(report(runs.good()))
    assert words.title(report(runs.good(moments=Moments(50)))) == "The operator did not act"
    assert "did not finish" in words.title(report(runs.good(end=300.0)))
    assert "took no node away" in words.title(report(runs.never_shrunk()))
    assert "not everything" in words.title(report(runs.good(requests=runs.requests(after_ms=400))))


def test_a_stall_that_passed_for_the_capacity_is_owned_up_to() -> None:
    assert "stall of this machine" not in page(report(runs.good()))
    assert "(seen at 1:05). That was a stall of this machine" in page(report(runs.good(stalls=[65.0])))


def test_a_run_without_figures_still_makes_a_page() -> None:
    made = page(
        report(runs.good(moments=Moments(), low_qps=None, requests=[], shapes=[], end=3.0, decisions=[], before=None))
    )
    assert "No phase was completed" in made
    assert "not verified" in made


def test_the_data_cannot_end_its_script(html: str) -> None:
    data = re.search(r'<script id="data" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert data
    assert "<" not in data[1]
    assert json.loads(data[1])["end"] == 800


def test_a_missing_value_is_a_gap_in_the_line() -> None:
    line = charts.Line("p99", [(0, 1.0), (1, 2.0), (2, None), (3, 4.0), (4, 5.0)])
    assert charts.path(line, lambda x: x, lambda y: y) == "M0.00 1.00L1.00 2.00M3.00 4.00L4.00 5.00"


def test_a_count_holds_until_it_changes() -> None:
    line = charts.Line("nodes", [(0, 1.0), (5, 2.0)], steps=True)
    assert charts.path(line, lambda x: x, lambda y: y) == "M0.00 1.00H5.00V2.00"


@pytest.mark.parametrize(("value", "place"), [(1, 0.0), (10, 0.25), (250, 0.599), (10_000, 1.0)])
def test_latency_is_drawn_on_a_logarithmic_scale(value: float, place: float) -> None:
    scale = charts.milliseconds_scale([2.0, 250, 9_000])
    assert scale.place(value) == pytest.approx(place, abs=0.001)
    assert [label for _, label in scale.ticks] == ["1 ms", "10 ms", "100 ms", "1 s", "10 s"]


def test_counts_get_whole_ticks_and_room_above() -> None:
    assert [value for value, _ in charts.count_scale([1, 3]).ticks] == [0, 1, 2, 3, 4]
    assert charts.count_scale([195.0]).high == 200.0
