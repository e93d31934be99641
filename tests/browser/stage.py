"""A panel on a plain page, with the real Python behind it: what a notebook does for a widget, and nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from browser import slow_line

from workbench.widgets.panel import STATIC

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Dialog, Page, Route

    from workbench.widgets.panel import Panel

_PATIENCE = 30_000
HOME = "http://stage.invalid/"
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Stage</title><style>{style}</style></head>
<body style="margin: 12px"><h1>Stage</h1><main><div id="widget"></div></main><script type="module">
import widget from "{home}bundle.js";
window.executed = [];
window.ran = what => window.executed.push(String(what));
const handlers = {{}};
const traits = JSON.parse(await window.traits());
const changed = (name, value) => {{
    traits[name] = value;
    (handlers["change:" + name] ?? []).forEach(each => each());
}};
window.model = {{
    get: name => traits[name],
    set: (name, value) => {{ changed(name, value); window.pending = {{...window.pending, [name]: value}}; }},
    save_changes: () => {{ window.saved(JSON.stringify(window.pending ?? {{}})); window.pending = {{}}; }},
    on: (event, handler) => {{ (handlers[event] ??= []).push(handler); }},
    off: (event, handler) => {{ handlers[event] = (handlers[event] ?? []).filter(each => each !== handler); }},
    send: content => window.asked(JSON.stringify(content)),
}};
window.tell = (kind, name, value) => kind === "trait" ? changed(name, value)
    : (handlers["msg:custom"] ?? []).forEach(each => each(value));
window.leave = widget.render({{model: window.model, el: document.getElementById("widget")}});
</script></body></html>"""


@dataclass
class Stage:
    """A page with one panel; requests to elsewhere are stopped and noted."""

    page: Page
    panel: Panel
    traits: tuple[str, ...]
    outside: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """What went wrong in the page, and dialogs that opened."""
    executed: list[str] = field(default_factory=list)
    """What names from outside ran."""
    saving: set[str] = field(default_factory=set)

    @classmethod
    def show(
        cls, chromium: Browser, panel: Panel, *traits: str, size: tuple[int, int] = (1280, 900), zoom: float = 1
    ) -> Stage:
        """Show a panel in a window of that size, with the browser's zoom; `traits` are those it has beside its view."""
        if panel._watcher._task is not None:
            # It would ask the page from within the loop that waits for the page; here it looks when a test says so.
            panel._watcher._task.cancel()
        view = {"width": round(size[0] / zoom), "height": round(size[1] / zoom)}
        page = chromium.new_context(viewport=view, device_scale_factor=zoom).new_page()
        page.set_default_timeout(_PATIENCE)
        stage = cls(page, panel, ("view", *traits))
        page.on("pageerror", lambda error: stage.problems.append(str(error)))
        page.on(
            "console",
            lambda message: stage.problems.append(message.text) if message.type in {"error", "warning"} else None,
        )
        page.on("dialog", stage._dialog)
        page.route("**/*", stage._serve)
        page.expose_function("traits", lambda: json.dumps({name: getattr(panel, name) for name in stage.traits}))
        page.expose_function("asked", stage._asked)
        page.expose_function("saved", stage._saved)
        panel.send = lambda answer, *_: stage._tell("message", "", answer)
        page.goto(HOME)
        page.locator(".tw-panel").wait_for()
        panel.observe(stage._changed, list(stage.traits))
        return stage

    def refresh(self) -> None:
        """Let the panel look at the ledger now, as it does by itself in a notebook."""
        self.panel._watcher.look()
        self.page.wait_for_timeout(50)

    def picture(self, file: Path) -> None:
        """Write a picture of the whole page."""
        self.page.screenshot(path=file, full_page=True)

    def close(self) -> None:
        """Note what the page ran, and close it; the panel stays."""
        if self.page.is_closed():
            return
        self.panel.unobserve_all()
        self.executed = self.page.evaluate("window.executed")
        self.page.context.close()

    def _serve(self, route: Route) -> None:
        name = route.request.url.removeprefix(HOME)
        if name == "":
            style = "\n".join((STATIC / f"{each}.css").read_text("utf-8") for each in ("panel", self.panel.bundle))
            route.fulfill(body=_PAGE.format(style=style, home=HOME), content_type="text/html; charset=utf-8")
        elif name == "bundle.js":
            route.fulfill(body=(STATIC / f"{self.panel.bundle}.js").read_text("utf-8"), content_type="text/javascript")
        else:
            if name != "favicon.ico":
                self.outside.append(route.request.url)
            route.abort()

    def _dialog(self, dialog: Dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _changed(self, change: dict[str, Any]) -> None:
        # As in a notebook, what the page said is not said back to it.
        if change["name"] not in self.saving:
            self._tell("trait", change["name"], change["new"])

    def _saved(self, pending: str) -> None:
        given = json.loads(pending)
        self.saving |= given.keys()
        for name, value in given.items():
            setattr(self.panel, name, value)
        self.saving -= given.keys()

    def _asked(self, content: str) -> None:
        self.panel._asked(self.panel, json.loads(content), [])

    def _tell(self, kind: str, name: str, value: Any) -> None:
        # Not waited for: the page is waiting for us while it asks.
        self.page.evaluate(
            "([late, ...told]) => { setTimeout(() => window.tell(...told), late); }",
            [slow_line.MILLISECONDS, kind, name, value],
        )
