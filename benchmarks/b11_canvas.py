"""B11: the canvas in Chromium: from Enter to the drawn element, and frames while an element is dragged.

The other side of Enter is the same edit by a script, until the threats that follow from it are known. That of frames is
bare Cytoscape.js with the same elements, boundaries and flows as boxes with names, without icons, marks, labels and
crossings; both are dragged in turn. The panel's Python runs in this process.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from b4_diagram import synthetic
from common import Line, seconds

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from browser.chromium import ADVICE, ARGUMENTS, found
from browser.stage import Stage
from playwright.sync_api import sync_playwright

import workbench as wb
from workbench.model import added
from workbench.widgets.panel import STATIC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from workbench.appview import AppView

SIZES = (12, 50, 200)
DRAGGED = 50
ADDED, ROUNDS, DRAG_SECONDS = 20, 5, 3
MOST_TIMES = 8
LEAST_FRAMES = 0.5
# There since the bundles were built.
_CYTOSCAPE = STATIC.parent / "front" / "node_modules" / "cytoscape" / "dist" / "cytoscape.min.js"
_CORE = "document.querySelector('.tw-host').stage.cy"
_TIMER = f"""() => {{
    window.took = [];
    let at = 0;
    document.addEventListener("keydown", event => {{ if (event.key === "Enter") at = performance.now(); }}, true);
    {_CORE}.on("add", "node", () => {{
        const start = at;
        at = 0;
        if (start) requestAnimationFrame(() => setTimeout(() => window.took.push(performance.now() - start)));
    }});
}}"""
_BARE = """<!doctype html><div id="bare" style="width:1200px;height:700px"></div><script>{code}</script><script>
window.core = cytoscape({{container: document.getElementById("bare"), elements: {elements}, layout: {{name: "preset"}},
    style: [{{selector: "node", style: {{shape: "round-rectangle", width: 180, height: 47, label: "data(name)",
        "text-valign": "center"}}}}, {{selector: "edge", style: {{"curve-style": "bezier",
        "target-arrow-shape": "triangle"}}}}]}});
core.fit();
</script>"""


def lines() -> Iterator[Line]:
    """Yield the time to a drawn element for each size, and the frames of both sides."""
    path = found()
    if path is None:
        yield Line("B11 canvas", "-", "-", "-", ADVICE[:24], met=False)
        return
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        for size in SIZES:
            with wb.init(Path(folder) / str(size)) as ws:
                yield _drawn(browser, _app(ws, size), size)
        with wb.init(Path(folder) / "frames") as ws:
            yield _frames(browser, _app(ws, DRAGGED))
        browser.close()


def _app(ws: wb.Workspace, size: int) -> AppView:
    ws.commit([added(element) for element in synthetic(size, seed=size)], why="benchmark")
    return ws.app("app")


def _drawn(browser: Browser, app: AppView, size: int) -> Line:
    stage = Stage.show(browser, wb.Canvas(app, actor="ana"), "selection")
    page = stage.page
    page.wait_for_function(f"() => {_CORE}.nodes('.shape').nonempty()")
    page.evaluate(_TIMER)
    rounds = [(_typed(page, number), _scripted(app, number)) for number in range(ADDED)]
    stage.close()
    ratio = statistics.median(ours / other for ours, other in rounds)
    sides = [seconds(statistics.median(side)) for side in zip(*rounds, strict=True)]
    return Line(
        f"B11 Enter to drawn, {size} elements",
        *sides,
        f"{ratio:.1f}",
        f"at most {MOST_TIMES} x script",
        ratio <= MOST_TIMES,
    )


def _typed(page: Page, number: int) -> float:
    page.get_by_role("treeitem").first.focus()
    page.keyboard.press("a")
    page.keyboard.type(f"Added {number}")
    page.evaluate("() => { window.took = []; }")
    page.keyboard.press("Enter")
    page.wait_for_function("() => window.took.length")
    return float(page.evaluate("window.took[0]")) / 1000


def _scripted(app: AppView, number: int) -> float:
    start = time.perf_counter()
    with app.edit(why="benchmark") as m:
        m.process(f"Scripted {number}")
    len(app.threats)
    return time.perf_counter() - start


def _frames(browser: Browser, app: AppView) -> Line:
    stage = Stage.show(browser, wb.Canvas(app, actor="ana"), "selection")
    stage.page.wait_for_function(f"() => {_CORE}.nodes('.shape').nonempty()")
    bare = browser.new_page()
    code = _CYTOSCAPE.read_text(encoding="utf-8")
    bare.set_content(_BARE.format(code=code, elements=json.dumps(_elements(stage.panel.view))))
    rounds = [(_dragged(stage.page, _CORE), _dragged(bare, "window.core")) for _ in range(ROUNDS)]
    stage.close()
    bare.close()
    ratio = statistics.median(ours / other for ours, other in rounds)
    sides = [f"{statistics.median(side):.0f} fps" for side in zip(*rounds, strict=True)]
    name, goal = f"B11 dragging, {DRAGGED} elements", f"at least {LEAST_FRAMES:g} x Cytoscape"
    return Line(name, *sides, f"{ratio:.2f}", goal, ratio >= LEAST_FRAMES)


def _elements(view: dict[str, Any]) -> list[dict[str, Any]]:
    frames = [{"data": {"id": f["id"], "parent": f["parent"], "name": f["title"]}} for f in view["frames"]]
    nodes = [
        {
            "data": {"id": n["id"], "parent": n["parent"], "name": n["name"]},
            "position": dict(zip("xy", n["place"], strict=True)),
        }
        for n in view["nodes"]
    ]
    return [*frames, *nodes, *({"data": {k: x[k] for k in ("id", "source", "target")}} for x in view["lines"])]


def _dragged(page: Page, core: str) -> float:
    """Drag an element to and fro, and return the frames a second that were drawn meanwhile."""
    x, y = page.evaluate(f"""() => {{
        const core = {core}, box = core.container().getBoundingClientRect();
        const {{x, y}} = core.nodes().filter(each => each.isChildless())[3].renderedPosition();
        return [x + box.left, y + box.top];
    }}""")
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(
        f"() => {{ window.drawn = 0; window.count = () => window.drawn++; {core}.on('render', window.count); }}"
    )
    start, number = time.perf_counter(), 0
    while time.perf_counter() - start < DRAG_SECONDS:
        number += 1
        page.mouse.move(x + number % 40, y + number % 30)
    frames = page.evaluate("window.drawn") / (time.perf_counter() - start)
    page.mouse.move(x, y)
    page.mouse.up()
    page.evaluate(f"() => void {core}.off('render', window.count)")
    return float(frames)
