"""The body of a mail in a real browser: nothing of a name runs, loads or breaks out, on a wide and a narrow screen."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from browser.accessibility import serious_findings
from payloads import ALL

from workbench.review.telling import Section, Summary
from workbench.review.telling.summary import Page as Link

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDTHS = (900, 390)


def told(*texts: str) -> Summary:
    """Return a summary with some texts in every place where a text can stand."""
    columns = ("How bad", "What can go wrong", "Where", "Who can say", "By")
    rows = tuple(("Critical", text, text, text[:20], "2026-12-10") for text in texts)
    sections = tuple(
        Section(text, text, columns, rows if number == 0 else rows[:1], 3) for number, text in enumerate(texts)
    )
    pages = tuple(
        Link(text, text, "https://reviews.example.org/a%20b.html" if n % 2 else None) for n, text in enumerate(texts)
    )
    return Summary(subject=texts[0], title=texts[0], day=date(2026, 11, 26), lead=texts, figures=(("Overdue", 3),),
                   sections=sections, pages=pages, more_pages=1, app=None, place="12, abc", has_news=True,
                   has_problems=False)  # fmt: skip


def test_no_name_runs_or_loads_anything(tmp_path: Path, visit: Callable[[Path], Visit]):
    """Every payload in every place: no script, no dialog, no request; the names are read as they are."""
    seen = visit(told(*ALL).write(tmp_path / "mail.html"))
    seen.settle()

    assert seen.harm == ([], [], [])
    assert seen.page.evaluate("document.querySelectorAll('script, img, style, link, iframe, svg, form').length") == 0
    assert "<script>ran('script')</script>" in seen.page.inner_text("body")


@pytest.mark.parametrize("width", WIDTHS)
def test_it_can_be_read_by_everybody_on_any_screen(tmp_path: Path, visit: Callable[[Path], Visit], width: int):
    """No serious finding of axe, and the page itself never scrolls sideways; tables do, where they must."""
    texts = ("Orders", "Anyone who learns the address can start this flow", "x" * 150, "Values are joined into a query")
    seen = visit(told(*texts).write(tmp_path / "mail.html"))
    seen.page.set_viewport_size({"width": width, "height": 900})

    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious_findings(seen.page, "body") == []
