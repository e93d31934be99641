"""All widgets in one notebook: none changes how another one looks, or how the notebook itself does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser.jupyterlab import Lab
from browser.visitor import Visitor
from workshop import agenda

import workbench as wb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 60_000
CELLS = (
    f'import workbench as wb\napp = wb.open("..").app("{agenda.APP}")',
    'wb.Workshop(app, actor="ana")',
    'wb.Canvas(app, actor="ana")',
    'wb.Triage(app, actor="ana")',
    'wb.Forms(app, actor="ana")',
    'wb.Join(app, actor="ben")',
    """from IPython.display import Markdown, display
display(Markdown("# Title\\n\\n| a | b |\\n|---|---|\\n| `1` | [2](#) |\\n\\n- item\\n\\n<button>Press</button>"))""",
)
BUNDLES = ("workshop", "quickentry", "canvas", "triage", "forms", "join")
# What does not follow from how large things around it are. Of each element: what it is, and how it looks.
LOOKS = """([within, without]) => {
    const names = ["color", "background-color", "background-image", "border-top-width", "border-left-width", "border-top-style",
        "border-top-color", "border-top-left-radius", "font-family", "font-size", "font-weight", "font-style", "line-height",
        "text-align", "text-decoration-line", "text-transform", "white-space", "padding-top", "padding-left", "margin-top",
        "margin-left", "display", "position", "visibility", "opacity", "cursor", "box-sizing", "overflow-x", "flex-direction",
        "flex-wrap", "align-items", "justify-content", "row-gap", "column-gap", "list-style-type", "box-shadow", "min-height",
        "outline-style", "z-index", "letter-spacing", "resize", "appearance"];
    return [...document.querySelectorAll(within)].filter(each => !without || !each.closest(without)).map(each => {
        const style = getComputedStyle(each);
        const looks = names.map(name => `${name} ${style.getPropertyValue(name)}`);
        return `${each.tagName} ${each.getAttribute("class")}: ${looks.join("; ")}`;
    });
}"""
# Takes away the rules of all widgets but one, and tells how many style sheets those were.
ONLY = """kept => [...document.querySelectorAll("style")].filter(each => {
    const whose = each.textContent.match(/@scope \\(\\.tw-is-(\\w+)\\)/)?.[1];
    each.disabled = Boolean(whose) && whose !== kept;
    return each.disabled;
}).length"""


@pytest.fixture
def visitor(chromium: Browser, tmp_path: Path) -> Iterator[Visitor]:
    """Return somebody who has opened a notebook with all widgets, in the step about the picture."""
    with wb.init(tmp_path / "team") as ws:
        app = agenda.new_app(ws)
        agenda.run(app, app.workshops.start("full", actor=agenda.ACTOR), tuple(agenda.calls("open")))
        app.workshops.open(actor=agenda.ACTOR).go("picture")
    with Lab.running(tmp_path / "team", tmp_path / "home") as lab:
        entered = Visitor.enter(chromium, lab)
        entered.open(lab.notebook("all.ipynb", *CELLS))
        entered.run_all()
        assert entered.errors() == []
        for bundle in BUNDLES:
            entered.page.locator(f".tw-is-{bundle} .tw-panel").last.wait_for(timeout=PATIENCE)
        entered.page.get_by_role("treegrid").first.wait_for(timeout=PATIENCE)
        yield entered
        entered.leave()


def test_no_widget_changes_how_anything_else_looks(visitor: Visitor) -> None:
    """With the rules of the others and without them, each widget looks the same; so does the notebook without any."""
    page = visitor.page
    # Where the keyboard is, is marked; what is to be compared must not move from there.
    page.evaluate("() => document.activeElement.blur()")
    page.wait_for_timeout(1000)
    places = {bundle: [f".tw-is-{bundle}, .tw-is-{bundle} *", None] for bundle in BUNDLES}
    notebook = ["body *", ".tw-root, .jp-Toolbar, .jp-StatusBar, .lm-mod-hidden"]
    together = {bundle: page.evaluate(LOOKS, place) for bundle, place in places.items()}
    with_all = page.evaluate(LOOKS, notebook)
    assert all(len(looks) > 5 for looks in (*together.values(), with_all))
    for bundle, place in places.items():
        assert page.evaluate(ONLY, bundle) >= len(BUNDLES) - 1
        assert page.evaluate(LOOKS, place) == together[bundle], bundle
    assert page.evaluate(ONLY, "none") >= len(BUNDLES)
    assert page.evaluate(LOOKS, notebook) == with_all
