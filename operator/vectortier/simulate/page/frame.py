"""What every page has in common."""

from collections.abc import Sequence
from html import escape
from importlib import resources
from string import Template


def render_frame(title: str, figures: str, charts: str, decisions: str) -> str:
    """A page that needs nothing else. The title is text, the rest is HTML."""
    template = Template(resources.files(__package__).joinpath("page.html").read_text(encoding="utf-8"))
    return template.substitute(title=escape(title), figures=figures, charts=charts, decisions=decisions)


def table(headings: Sequence[str], rows: str) -> str:
    """A card with a table; the headings are text, the rows are HTML."""
    cells = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    return f'<div class="card scroll"><table><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table></div>'
