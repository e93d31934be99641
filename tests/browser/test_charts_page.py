"""Charts in a real browser: hostile names are text, and nothing offers to send the chart away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go
import pytest

from workbench.charts import _style

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LINK = '<a href="https://example.invalid/">click</a>'


def looked_at(figure: go.Figure, folder: Path, chromium: Browser) -> dict[str, Any]:
    """Return the links and buttons that a page with the figure shows, and what it asked for elsewhere."""
    page_file = folder / "chart.html"
    page_file.write_text(figure.to_html(include_plotlyjs=True, config={"showSendToCloud": True}), encoding="utf-8")
    asked: list[str] = []
    page = chromium.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    page.wait_for_selector(".main-svg text")
    links = page.eval_on_selector_all(".main-svg a", "all => all.map(a => a.getAttribute('href') || a.outerHTML)")
    buttons = page.eval_on_selector_all(".modebar-btn", "all => all.map(b => b.getAttribute('data-title'))")
    texts = page.eval_on_selector_all(".main-svg text", "all => all.map(t => t.textContent)")
    page.close()
    return {"links": links, "buttons": buttons, "texts": texts, "asked": asked[1:]}


def bar(name: str) -> go.Figure:
    """Return a chart with a name on its axis."""
    return go.Figure(go.Bar(x=[1], y=[0], orientation="h")).update_yaxes(tickvals=[0], ticktext=[name])


def test_a_finished_chart_shows_a_link_as_text_and_has_no_button_to_share(tmp_path: Path, chromium: Browser) -> None:
    """What looks like a link in a name is read, not followed; no request leaves the page."""
    seen = looked_at(_style.finished(bar(_style.plain(LINK)), "Title", "Alt."), tmp_path, chromium)
    assert seen["links"] == []
    assert LINK in seen["texts"]
    assert seen["asked"] == []
    assert not [button for button in seen["buttons"] if "hare" in button]


def test_the_check_can_fail(tmp_path: Path, chromium: Browser) -> None:
    """The same chart without our care has a link and a button to share: the test above would see them."""
    seen = looked_at(bar(LINK), tmp_path, chromium)
    assert seen["links"]
    assert "Share chart..." in seen["buttons"]
