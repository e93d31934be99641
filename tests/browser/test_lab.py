"""The product notebooks run in a real JupyterLab in a real browser, and nothing leaves the machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from browser.jupyterlab import Lab
from browser.visitor import Visitor

import workbench as wb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OUTSIDE = "outside.invalid"
MODEL, REVIEW = "01-model-an-app.ipynb", "90-periodic-review.ipynb"
# How many tables at least, and how many pictures and charts, a reader must see.
SHOWN = {MODEL: (8, 1, 0), REVIEW: (3, 1, 3)}
BUTTON = """
import ipywidgets
button, said = ipywidgets.Button(description="Count"), ipywidgets.Label("0 presses")
button.on_click(lambda _: setattr(said, "value", f"{int(said.value.split()[0]) + 1} presses"))
ipywidgets.VBox([button, said])
"""

TOO_WIDE = """() => [...document.querySelectorAll(
    ".jp-OutputArea-output table, .jp-OutputArea-output img, .jp-OutputArea-output p, .jp-CodeMirrorEditor .cm-line")]
    .filter(each => each.getBoundingClientRect().right > each.closest(".jp-Cell").getBoundingClientRect().right + 1
        || each.closest(".cm-scroller, .jp-OutputArea-output").scrollWidth
            > each.closest(".cm-scroller, .jp-OutputArea-output").clientWidth + 1)
    .map(each => each.innerText || each.tagName)"""
LINES = """each => {
    const range = document.createRange();
    range.selectNodeContents(each);
    return range.getClientRects().length;
}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Return a JupyterLab on a workspace that holds our sample; one for all tests here."""
    folder = tmp_path_factory.mktemp("lab")
    with wb.init(folder / "team") as ws:
        ws.import_file(wb.sample("n8n/order-intake.json"), why="sample")
    with Lab.running(folder / "team", folder / "home") as running:
        yield running


@pytest.fixture
def visitor(chromium: Browser, lab: Lab, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """Return a visitor of that JupyterLab, not yet logged in; what the server says is shown if the test fails."""
    before = len(lab.said())
    visitor = Visitor.enter(chromium, lab, zoom=getattr(request, "param", 1))
    yield visitor
    visitor.leave()
    print(f"JupyterLab wrote:\n{lab.said()[before:]}")  # noqa: T201 - pytest shows it


@pytest.mark.parametrize("notebook", sorted(SHOWN))
def test_a_notebook_runs_and_shows_what_it_should(visitor: Visitor, notebook: str) -> None:
    """No cell fails, tables, picture and charts can be seen, and nothing asks for what is not on this machine."""
    visitor.open(notebook)
    visitor.run_all()
    assert visitor.errors() == []
    tables, pictures, charts = SHOWN[notebook]
    assert len(visitor.seen("table", least=tables)) >= tables
    assert len(visitor.seen("img:visible", least=pictures)) == pictures
    assert len(visitor.seen(".svg-container > .main-svg:first-child", least=charts)) == charts
    assert (visitor.outside, visitor.lab.outside()) == ([], [])


@pytest.mark.parametrize("visitor", [1.5], indirect=True)
def test_at_150_percent_nothing_is_cut_off(visitor: Visitor) -> None:
    """Zoomed in, no output or code is wider than the page, and no word of a heading is broken."""
    visitor.open(MODEL)
    visitor.run_all()
    assert visitor.errors() == []
    assert visitor.page.evaluate(TOO_WIDE) == []
    words = [heading for heading in visitor.seen("th") if " " not in heading.inner_text()]
    assert len(words) >= 20
    assert {word.evaluate(LINES) for word in words} == {1}


def test_a_diagram_opens_in_full_size_by_keyboard(visitor: Visitor) -> None:
    """It fits the page; with Space on the box it is as large as it was drawn, and the arrow keys scroll in it."""
    visitor.open(MODEL)
    visitor.run_all()
    (picture,) = visitor.seen("img:visible")
    (box,) = visitor.seen(".wb-drawing input")
    drawn, fitted = picture.evaluate("img => img.naturalWidth"), picture.evaluate("img => img.width")
    assert fitted < drawn
    box.focus()
    visitor.press("Space")
    assert picture.evaluate("img => img.width") == drawn
    visitor.press("Tab")
    visitor.press(*["ArrowRight"] * 5)
    visitor.until("() => document.querySelector('.wb-drawing > div').scrollLeft > 0")


def test_what_leaves_the_machine_is_noticed(visitor: Visitor) -> None:
    """The two counters that the test above reads see a request of the page, and one of the kernel."""
    visitor.open(MODEL)
    visitor.page.evaluate(f"fetch('https://{OUTSIDE}/').catch(() => null)")
    assert visitor.outside == [f"https://{OUTSIDE}/"]
    said = visitor.ask(f"import urllib.request; urllib.request.urlopen('http://{OUTSIDE}/')")
    assert "URLError" in said
    assert OUTSIDE in visitor.lab.outside()
    (visitor.lab.home / "outside.log").unlink()


def test_errors_are_noticed(visitor: Visitor) -> None:
    """A cell that fails is named, and so are those that did not run after it."""
    visitor.open(visitor.lab.notebook("fails.ipynb", "1 / 0", "2"))
    visitor.run_all()
    assert visitor.errors() == ["ZeroDivisionError: division by zero", "not run: 2"]


def test_a_widget_answers_mouse_and_keyboard(visitor: Visitor) -> None:
    """What is clicked, or pressed with Space, reaches Python, and Python's answer is seen."""
    visitor.open(visitor.lab.notebook("widget.ipynb", BUTTON, "said.value"))
    visitor.run(0)
    button = visitor.output(0).get_by_role("button", name="Count")
    button.click()
    visitor.output(0).get_by_text("1 presses").wait_for()
    assert visitor.press("Space") == "Count"
    visitor.output(0).get_by_text("2 presses").wait_for()
    visitor.run(1)
    assert visitor.outputs(1)[0]["data"]["text/plain"] == "'2 presses'"
    assert visitor.outside == []


def test_work_goes_on_after_the_kernel_was_killed(visitor: Visitor) -> None:
    """A new kernel finds the history whole, and all cells run."""
    visitor.open(MODEL)
    visitor.kill_kernel()
    visitor.run_all()
    assert visitor.errors() == []


def test_a_stranger_is_refused(lab: Lab) -> None:
    """Without the token nobody reads a file, starts a kernel or sees JupyterLab."""
    assert lab.status("/lab") == 302
    assert lab.status("/api/contents") == 403
    assert lab.status("/api/contents?token=wrong") == 403
    assert lab.status("/api/kernels", body=b"{}") == 403
    assert lab.status(f"/api/contents?token={lab.token}") == 200


def test_another_page_cannot_use_a_login(visitor: Visitor, lab: Lab) -> None:
    """Cookies of somebody who is logged in are not enough: a POST from elsewhere, or without XSRF, is refused."""
    visitor.page.goto(f"{lab.address}/lab?token={lab.token}")
    cookies = {cookie["name"]: cookie["value"] for cookie in visitor.page.context.cookies()}
    login = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "Content-Type": "application/json",
    }
    right = {**login, "X-XSRFToken": cookies["_xsrf"], "Origin": lab.address}
    body = json.dumps({"type": "directory"}).encode()
    assert lab.status("/api/contents", body, {**right, "Origin": f"https://{OUTSIDE}"}) in {403, 404}
    assert lab.status("/api/contents", body, {**login, "Origin": lab.address}) == 403
    assert lab.status("/api/contents", body, {**right, "X-XSRFToken": "guess"}) == 403
    assert lab.status("/api/contents", body, right) == 201
