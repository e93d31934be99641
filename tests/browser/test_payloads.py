"""Whatever a name contains, every page shows it as text: in a real browser, with a page that proves the test."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from contents import content, mitigation, question, row
from markdown_it import MarkdownIt
from payloads import ALL, HIDDEN, MARKUP, hostile
from pictures import register, threat

from workbench import tables
from workbench.analysis.frames import frame
from workbench.analysis.listings import ASSUMPTIONS, MITIGATIONS
from workbench.analysis.questions import QUESTIONS
from workbench.diagrams import page, svg
from workbench.reports import Content, render
from workbench.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NOTHING: tuple[list[str], list[str], list[str]] = ([], [], [])


@cache
def threats() -> pd.DataFrame:
    """Return a register with every payload in each of its texts, at steps of the hostile model."""
    rows = []
    for i, text in enumerate(ALL):
        texts = ("title", "story", "owner", "why", "decided_by", "element_name", "app_name")
        lists = ("mitigations_suggested", "mitigations", "owasp", "attack")
        said = dict.fromkeys(texts, text) | dict.fromkeys(lists, (text,)) | {"because": (text, f"name = {text}")}
        said["status"] = "accepted" if i % 3 == 0 else "open"
        rows.append(threat(f"NC-{i:03}", f"orders/process:{i}{text}", **said))
    return register(*rows)


@cache
def told() -> Content:
    """Return a report's content with every payload in every table."""
    measures = [mitigation(text, owner=text, evidence=text, why=text) for text in ALL]
    asked = [question(text, element_name=text, owner=text, column=f"c{i}") for i, text in enumerate(ALL)]
    claims = [row(ASSUMPTIONS, id=text, name=text, app="orders", state="open", evidence=text, why=text) for text in ALL]
    model = hostile()
    return content(
        model,
        threats(),
        mitigations=frame(MITIGATIONS, measures),
        questions=frame(QUESTIONS, asked),
        assumptions=frame(ASSUMPTIONS, claims),
    )


class _Scripts(HTMLParser):
    """Counts the scripts, event handlers and addresses of a page as a parser sees them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what could act."""
        self.found += [tag] if tag in {"script", "iframe", "object", "form", "base", "img", "input"} else []
        self.found += [name for name, _ in attrs if name.startswith("on")]
        self.found += [
            value or "" for name, value in attrs if name in {"href", "src"} and not (value or "").startswith("#")
        ]


def acting(html: str) -> list[str]:
    """Return the parts of a page that could act."""
    parser = _Scripts()
    parser.feed(html)
    return parser.found


def test_an_svg_file_opened_on_its_own_runs_nothing(tmp_path: Path, visit: Callable[[Path], Visit]) -> None:
    """An SVG is a document of its own, in which scripts would run."""
    file = tmp_path / "diagram.svg"
    file.write_text(svg(hostile(), "orders", threats()), encoding="utf-8")
    seen = visit(file)
    seen.settle()
    assert seen.harm == NOTHING
    assert seen.page.locator("script, a, image, foreignObject").count() == 0


def point_at_the_middle(seen: Visit) -> None:
    """Move the mouse over the middle of the drawing, which may first have to be scrolled into sight."""
    canvas = seen.page.locator("#mynetwork canvas")
    canvas.hover()
    box = canvas.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    assert y < seen.page.evaluate("innerHeight")
    seen.page.mouse.move(x + 3, y)
    seen.page.mouse.move(x, y)


def test_the_page_to_share_runs_nothing_of_a_name(tmp_path: Path, visit: Callable[[Path], Visit]) -> None:
    """Nodes, tooltips, edges, boundaries and tables show names as text, also when the mouse moves over them."""
    file = tmp_path / "diagram.html"
    file.write_text(page(hostile(), "orders", threats()), encoding="utf-8")
    seen = visit(file)
    seen.page.wait_for_selector("#mynetwork canvas")
    drawn = seen.page.evaluate("network.getPositions(network.body.nodeIndices.slice(0, 40))")
    assert len(drawn) == 40
    for node in list(drawn)[::8]:
        seen.page.evaluate("id => network.focus(id, {scale: 1})", node)
        seen.page.evaluate("id => network.selectNodes([id])", node)
        point_at_the_middle(seen)
        seen.page.wait_for_timeout(200)
    assert seen.page.locator("div.vis-tooltip").count() > 0
    assert seen.page.locator("div.vis-tooltip :not(br)").count() == 0
    seen.settle()
    assert seen.harm == NOTHING
    assert seen.page.locator("main img, main iframe, main a, section script").count() == 0


def test_a_tooltip_with_the_word_href_stays_text(tmp_path: Path, visit: Callable[[Path], Visit]) -> None:
    """The library under the page shows such a tooltip as HTML if it gets hold of it."""
    from builders import model, process  # noqa: PLC0415

    name = "<img src=x onerror=ran('tooltip')> href"
    file = tmp_path / "one.html"
    file.write_text(page(model(process(name))), encoding="utf-8")
    seen = visit(file)
    seen.page.wait_for_selector("#mynetwork canvas")
    point_at_the_middle(seen)
    seen.page.wait_for_selector("div.vis-tooltip", state="visible")
    assert name in seen.page.locator("div.vis-tooltip").inner_text()
    seen.settle()
    assert seen.harm == NOTHING


def test_the_report_runs_nothing_and_shows_everything(tmp_path: Path, visit: Callable[[Path], Visit]) -> None:
    """Every payload can be read in the report, as it was written, with hidden characters made visible."""
    file = tmp_path / "report.html"
    file.write_bytes(render(told(), "html"))
    seen = visit(file)
    seen.settle()
    assert seen.harm == NOTHING
    assert acting(file.read_text(encoding="utf-8")) == []
    cells = set(seen.page.eval_on_selector_all("td", "all => all.map(cell => cell.textContent)"))
    assert [text for text in ALL if visible(text).replace("\r", "\n") not in cells] == []


def test_markdown_is_text_also_after_it_was_rendered(tmp_path: Path, visit: Callable[[Path], Visit]) -> None:
    """A renderer that lets HTML pass and makes links of addresses finds none in our names."""
    text = render(told(), "markdown").decode("utf-8")
    renderer = MarkdownIt("commonmark", {"html": True}).enable("table")
    html = renderer.render(text)
    assert acting(html) == []
    file = tmp_path / "report.html"
    file.write_text(f"<!DOCTYPE html><meta charset=utf-8>{html}", encoding="utf-8")
    seen = visit(file)
    seen.settle()
    assert seen.harm == NOTHING
    cells = set(seen.page.eval_on_selector_all("td", "all => all.map(cell => cell.textContent)"))
    assert [text for text in ALL if " ".join(visible(text).split()) not in cells] == []


def test_tables_in_a_notebook_run_nothing(tmp_path: Path, visit: Callable[[Path], Visit]) -> None:
    """The DataFrames of the library show names as text the way notebooks display them."""
    frames = [threats(), tables.elements(hostile(), "orders"), tables.flows(hostile(), "orders")]
    with pd.option_context("display.max_colwidth", None, "display.max_rows", None, "display.max_columns", None):
        html = "".join(table._repr_html_() for table in frames)
    file = tmp_path / "tables.html"
    file.write_text(f"<!DOCTYPE html><meta charset=utf-8>{html}", encoding="utf-8", errors="replace")
    seen = visit(file)
    seen.settle()
    assert seen.harm == NOTHING


def test_hidden_characters_are_visible_in_every_page() -> None:
    """No direction mark, zero-width sign or control gets into a page as it was."""
    told_content = told()
    pages = [svg(hostile(), "orders", threats()), page(hostile(), "orders", threats())]
    pages += [render(told_content, name).decode("utf-8") for name in ("html", "markdown", "csv")]
    hidden = {sign for text in HIDDEN for sign in text if visible(sign) != sign} - {"\u200d"}
    # The library in the page to share has some of these signs in its own code, before our data.
    pages[1] = pages[1].rpartition('<a class="skip"')[2]
    pages[4] = pages[4].removeprefix("\ufeff")
    assert len(hidden) > 15
    assert [sorted(hidden & set(text)) for text in pages] == [[]] * 5
    assert all("U+202E" in text for text in pages)


def test_the_check_can_fail(tmp_path: Path, visit: Callable[[Path], Visit]) -> None:
    """The same payloads in a page that does not escape them run scripts, open dialogs and ask outside."""
    file = tmp_path / "control.html"
    harmless = [text for text in MARKUP if not text.startswith(("<meta", "<base", "</"))]
    file.write_text(
        "<!DOCTYPE html><meta charset=utf-8>" + "\n".join(f"<p>{t}</p>" for t in harmless), encoding="utf-8"
    )
    seen = visit(file)
    seen.settle()
    assert len(set(seen.executed)) >= 10
    assert seen.dialogs
    assert any("outside.invalid" in address for address in seen.requests)
    assert acting(file.read_text(encoding="utf-8"))
    vector = tmp_path / "control.svg"
    vector.write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>ran('svg')</script></svg>", encoding="utf-8")
    seen = visit(vector)
    seen.settle()
    assert seen.executed == ["svg"]
