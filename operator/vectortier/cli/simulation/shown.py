"""What `vectortier simulate` prints."""

import json

from vectortier.simulate.compare.comparison import Comparison
from vectortier.simulate.compare.page import render_comparison_page
from vectortier.simulate.compare.text import render_comparison
from vectortier.simulate.load.recorded import Known
from vectortier.simulate.page.page import render_page
from vectortier.simulate.simulation import Outcome
from vectortier.simulate.text import render_text


def show(result: Outcome | Comparison, output: str, title: str, known: Known | None) -> str:
    """One run or two as json, text or html. A load from recordings is told with how much of it is known."""
    if output == "json":
        return json.dumps(_figures(result) | ({} if known is None else {"history": known.as_json()}), indent=1)
    if output == "html":
        return _page(result, title if known is None else f"{title}: {known.sentence()}")
    text = render_comparison(result) if isinstance(result, Comparison) else render_text(result.summary)
    return text if known is None else f"{known.sentence()}\n\n{text}"


def _figures(result: Outcome | Comparison) -> dict[str, object]:
    return result.as_json() if isinstance(result, Comparison) else result.summary.as_json()


def _page(result: Outcome | Comparison, title: str) -> str:
    return render_comparison_page(result, title) if isinstance(result, Comparison) else render_page(result, title)
