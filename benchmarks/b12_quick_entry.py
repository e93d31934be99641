"""B12: quick entry in a real JupyterLab: from Enter to the flow drawn on the canvas of the same page.

The other side is the same line entered by a script in this process, until the threats that follow from it are known.
Kernel, server and browser share the machine; ours has the way from the browser to the kernel and back in it, and the
new drawing.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from b4_diagram import synthetic
from common import Line, seconds

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from browser.chromium import ADVICE, ARGUMENTS, found
from browser.jupyterlab import Lab
from browser.visitor import Visitor
from playwright.sync_api import sync_playwright

import workbench as wb
from workbench.model import added

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from workbench.appview import AppView

SIZES = (12, 50, 200)
ENTERED = 20
MOST_TIMES = 8
_CELLS = ('import workbench as wb\napp = wb.open("..").app("app")', "wb.Canvas(app)", "wb.QuickEntry(app)")
_CORE = "document.querySelector('.tw-host')?.stage?.cy"
_TIMER = f"""() => {{
    let at = 0;
    document.addEventListener("keydown", event => {{ if (event.key === "Enter") at = performance.now(); }}, true);
    {_CORE}.on("add", "edge", () => {{
        const start = at;
        at = 0;
        if (start) requestAnimationFrame(() => setTimeout(() => window.took.push(performance.now() - start)));
    }});
}}"""


def lines() -> Iterator[Line]:
    """Yield the time to a drawn flow for each size."""
    path = found()
    if path is None:
        yield Line("B12 quick entry", "-", "-", "-", ADVICE[:24], met=False)
        return
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        for size in SIZES:
            home = Path(folder) / str(size)
            home.mkdir()
            yield _measured(browser, home, size)
        browser.close()


def _measured(browser: Browser, home: Path, size: int) -> Line:
    with wb.init(home / "team") as ws, wb.init(home / "script") as script:
        for each in (ws, script):
            each.commit([added(element) for element in synthetic(size, seed=size)], why="benchmark")
        with Lab.running(home / "team", home / "lab") as lab:
            page = _opened(browser, lab)
            rounds = [(_entered(page, number), _scripted(script.app("app"), number)) for number in range(ENTERED)]
            page.context.close()
    ratio = statistics.median(ours / other for ours, other in rounds)
    sides = [seconds(statistics.median(side)) for side in zip(*rounds, strict=True)]
    name, goal = f"B12 Enter to drawn flow, {size} elements", f"at most {MOST_TIMES} x script"
    return Line(name, *sides, f"{ratio:.1f}", goal, ratio <= MOST_TIMES)


def _opened(browser: Browser, lab: Lab) -> Page:
    visitor = Visitor.enter(browser, lab)
    visitor.open(lab.notebook("quick.ipynb", *_CELLS))
    visitor.run_all()
    visitor.until(f"() => {_CORE}?.nodes('.shape').nonempty()")
    visitor.page.evaluate(_TIMER)
    visitor.page.get_by_role("textbox", name="Add to").focus()
    return visitor.page


def _entered(page: Page, number: int) -> float:
    page.keyboard.type(f"Typed {number} -> Typed table {number} : name")
    page.get_by_text("Enter adds this.").wait_for()
    page.evaluate("() => { window.took = []; }")
    page.keyboard.press("Enter")
    page.wait_for_function("() => window.took.length")
    return float(page.evaluate("window.took[0]")) / 1000


def _scripted(app: AppView, number: int) -> float:
    start = time.perf_counter()
    app.quick(f"Typed {number} -> Typed table {number} : name")
    len(app.threats)
    return time.perf_counter() - start
