"""The pages about risk as people open them: offline, by keyboard, by ear, without scripts, on paper."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from browser.accessibility import serious_findings

import workbench as wb
from workbench.model import Review, added

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from browser.conftest import Visit
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

A4 = (595, 842)
# What fits between the margins of A4, at 96 points an inch.
PAPER = {"width": 703, "height": 1040}
MOST_PAGES = 3


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with both pages, of two apps with goals, features, harms and an earlier review."""
    folder = tmp_path_factory.mktemp("risk-pages")
    with wb.init(folder / "team", name="Parts shop") as ws:
        ws.import_files(
            [wb.sample("n8n/order-intake.json"), wb.sample("node-red/plant-floor.json")], why="x", actor="ana"
        )
        app = ws.app("Order intake")
        purpose = app.risk.purpose
        purpose.feature(
            "Customers order by themselves", worth=5, value="half of all sales", benefits="customers", actor="ana"
        )
        purpose.harm(
            "Customers order by themselves", "customers whose address leaks", kind="privacy", size=3, actor="ana"
        )
        ws.risk.purpose.goal("Half of all orders by form", owner="olga", rests_on="Order intake", actor="ana")
        then = datetime.now(UTC) - timedelta(days=1)
        ws.commit([added(Review(id="review:1", name="Review", at=then, by="ana"))], why="review", actor="ana")
        (folder / "leadership.html").write_bytes(ws.risk.leadership.html())
        (folder / "charts.html").write_bytes(ws.risk.charts_page())
    return folder


def open_all(page: Page) -> None:
    """Open all that can be opened."""
    page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true; })")


def test_the_leadership_page_is_accessible_and_asks_nobody(pages: Path, visit: Callable[[Path], Visit]) -> None:
    """Closed and with everything open; axe finds nothing that is serious."""
    seen = visit(pages / "leadership.html")
    assert serious_findings(seen.page, "body") == []
    open_all(seen.page)
    assert serious_findings(seen.page, "body") == []
    seen.settle()
    assert seen.harm == ([], [], [])
    headings = seen.page.locator("h1, h2").all_inner_texts()
    assert headings == [
        "Parts shop", "The biggest risks", "To be decided", "By product goal",
        "What the applications are good for, and what endangers it",
    ]  # fmt: skip


def test_each_number_opens_to_its_rows_without_scripts_by_keyboard(pages: Path, chromium: Browser) -> None:
    """As many rows as the number says."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((pages / "leadership.html").as_uri())
    numbers = page.locator("details:has(> summary > b)")
    assert numbers.count() > 8
    for number in numbers.all():
        value = number.locator("summary b").inner_text()
        assert not number.locator("tbody tr").first.is_visible()
        number.locator("summary").focus()
        page.keyboard.press("Enter")
        rows = number.locator("tbody tr")
        if value.isdecimal():
            assert rows.count() == int(value)
        assert rows.count() == 0 or rows.first.is_visible()
    trend = page.locator(".trend details")
    trend.locator("summary").click()
    assert trend.locator("tbody tr").first.is_visible()
    context.close()


def test_the_leadership_page_prints_on_few_pages_of_a4(pages: Path, visit: Callable[[Path], Visit]) -> None:
    """Nothing is cut off at the right, closed or open."""
    page = visit(pages / "leadership.html").page
    printed = page.pdf(prefer_css_page_size=True)
    sizes = [
        tuple(round(float(n)) for n in box.split()[2:]) for box in re.findall(rb"/MediaBox \[([\d. ]+)\]", printed)
    ]
    assert set(sizes) == {A4}
    assert len(sizes) <= MOST_PAGES
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    for step in (lambda: None, lambda: open_all(page)):
        step()
        assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_leadership_page_fits_a_phone(pages: Path, visit: Callable[[Path], Visit]) -> None:
    """Only tables may be scrolled sideways."""
    page = visit(pages / "leadership.html").page
    page.set_viewport_size({"width": 360, "height": 700})
    open_all(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_page_of_charts_draws_each_beside_its_sentence_and_rows(
    pages: Path, visit: Callable[[Path], Visit]
) -> None:
    """Offline, with plotly's own code in it; axe finds nothing that is serious."""
    seen = visit(pages / "charts.html")
    page = seen.page
    page.wait_for_function(
        "() => [...document.querySelectorAll('.chart')].every(each => each.querySelector('.main-svg'))"
    )
    charts = page.locator("section")
    assert charts.count() == page.locator(".chart").count() == page.locator("nav li").count() > 8
    for chart in charts.all():
        says = chart.locator("p").first.inner_text()
        assert says.endswith(".")
        assert chart.locator(".chart").get_attribute("aria-label") == says
        assert chart.locator("details").count() == 1
    open_all(page)
    assert serious_findings(page, "body") == []
    seen.settle()
    assert seen.harm == ([], [], [])
