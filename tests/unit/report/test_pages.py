"""Whoever finds a tier stalled finds a page about it."""

from pathlib import Path

import pytest

from vectortier.report.readiness import STALLED

PAGES = Path(__file__).parents[3] / "docs" / "stalled"


@pytest.mark.parametrize("reason", sorted(STALLED))
def test_a_reason_has_a_page_that_says_what_is_seen_and_what_to_do(reason: str) -> None:
    text = (PAGES / f"{reason}.md").read_text()
    assert text.startswith(f"# {reason}\n")
    assert "**What you see.**" in text
    assert "**What to do" in text or "**What to look at" in text or "what to do**" in text or "| what to do |" in text
    assert f"]({reason}.md)" in (PAGES / "README.md").read_text()


def test_no_page_is_about_a_reason_that_cannot_be() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == {*STALLED, "README"}
