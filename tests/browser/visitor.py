"""A visitor of JupyterLab: opens notebooks, runs cells, reads what they show, uses the keyboard, kills kernels."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from browser import slow_line
from browser.jupyterlab import SECONDS, leaves
from playwright.sync_api import TimeoutError as NotInTimeError

if TYPE_CHECKING:
    from pathlib import Path

    from browser.jupyterlab import Lab
    from playwright.sync_api import Browser, Locator, Page, Route, WebSocket

SIZE = (1440, 900)
_PANEL = "jupyterapp.shell.currentWidget"
_CELLS = f"() => {_PANEL}.content.widgets.map(cell => cell.model.toJSON())"
# The indicator says idle before there is a kernel; what is run then waits for a dialog to choose one.
_READY = f"""() => {{
    const context = window.jupyterapp && {_PANEL}?.sessionContext;
    const kernel = context?.session?.kernel;
    return Boolean(context?.isReady && kernel?.connectionStatus === "connected" && kernel.status === "idle"
        && {_PANEL}.content.widgets.length);
}}"""
_RUN = """command => {
    window.ran = null;
    jupyterapp.commands.execute(command).then(() => { window.ran = "done"; }, error => { window.ran = String(error); });
}"""
_RAN = "() => window.ran !== null"
_CHOOSE = f"number => {{ {_PANEL}.content.deselectAll(); {_PANEL}.content.activeCellIndex = number; }}"
_STATE = f"""() => {{
    const context = window.jupyterapp && {_PANEL}?.sessionContext;
    return {{
        dialogs: [...document.querySelectorAll(".jp-Dialog")].map(dialog => dialog.innerText),
        kernel: context?.session?.kernel?.status, connection: context?.session?.kernel?.connectionStatus,
        executed: window.jupyterapp && {_PANEL}?.content?.widgets?.map(cell => cell.model.toJSON().execution_count),
    }};
}}"""
_ASK = f"""async code => {{
    const future = {_PANEL}.sessionContext.session.kernel.requestExecute({{code, store_history: false}});
    let said = "";
    future.onIOPub = message => {{
        said += message.content.text ?? message.content.traceback?.join("\\n") ?? "";
    }};
    await future.done;
    return said;
}}"""


@dataclass
class Visitor:
    """A page in JupyterLab; what would leave this machine is stopped and noted."""

    page: Page
    lab: Lab
    outside: list[str] = field(default_factory=list)
    """Addresses that the browser asked for outside of this machine."""

    @classmethod
    def enter(cls, chromium: Browser, lab: Lab, size: tuple[int, int] = SIZE, zoom: float = 1) -> Visitor:
        """Return a visitor who is not logged in, with a browser profile, a size of window and a zoom of their own."""
        width, height = (round(side / zoom) for side in size)
        context = chromium.new_context(viewport={"width": width, "height": height}, device_scale_factor=zoom)
        if slow_line.MILLISECONDS:
            context.add_init_script(slow_line.SCRIPT)
        visitor = cls(context.new_page(), lab)

        def pass_or_stop(route: Route) -> None:
            if leaves(route.request.url):
                visitor.outside.append(route.request.url)
                route.abort()
            else:
                route.continue_()

        def note(socket: WebSocket) -> None:
            visitor.outside += [socket.url] if leaves(socket.url) else []

        context.route("**/*", pass_or_stop)
        visitor.page.on("websocket", note)
        return visitor

    def open(self, notebook: str) -> None:
        """Log in, open a notebook and return when its kernel waits for work."""
        self.page.goto(f"{self.lab.address}/lab/tree/notebooks/{notebook}?token={self.lab.token}&reset")
        self.until(_READY)

    def open_in_notebook_7(self, notebook: str) -> None:
        """Log in, open a notebook in Jupyter Notebook and return when its kernel waits for work."""
        self.page.goto(f"{self.lab.address}/notebooks/notebooks/{notebook}?token={self.lab.token}")
        self.until(_READY)

    def run_all(self) -> None:
        """Run all cells and return when all have run, or one failed; see `errors`."""
        self._run("notebook:run-all-cells")

    def run(self, cell: int) -> None:
        """Run one cell, counted from 0 with those of text, and return when it has run or failed."""
        self.page.evaluate(_CHOOSE, cell)
        self._run("notebook:run-cell")

    def cells(self) -> list[dict[str, Any]]:
        """Return the cells as the notebook format has them, with their outputs."""
        return list(self.page.evaluate(_CELLS))

    def outputs(self, cell: int | None = None) -> list[dict[str, Any]]:
        """Return the outputs of one cell, or of all, as the notebook format has them."""
        cells = self.cells()
        chosen = cells if cell is None else [cells[cell]]
        return [output for each in chosen for output in each.get("outputs", [])]

    def errors(self) -> list[str]:
        """Return what failed, and code cells that did not run."""
        failed = [f"{o['ename']}: {o['evalue']}" for o in self.outputs() if o["output_type"] == "error"]
        code = [cell for cell in self.cells() if cell["cell_type"] == "code"]
        return failed + [f"not run: {cell['source']}" for cell in code if not cell["execution_count"]]

    def output(self, cell: int | None = None) -> Locator:
        """Return where the output of one cell, or of all cells, is on the page: tables, pictures, widgets."""
        all_cells = self.page.locator(".jp-Notebook .jp-Cell")
        return (all_cells if cell is None else all_cells.nth(cell)).locator(".jp-OutputArea-output")

    def seen(self, selector: str, cell: int | None = None, *, least: int = 1) -> list[Locator]:
        """Return what matches in one cell's output, or in all, once there are so many; each can be scrolled to."""
        matches = self.output(cell).locator(selector)
        if least:
            matches.nth(least - 1).wait_for(state="attached")
        for each in matches.all():
            each.scroll_into_view_if_needed()
            each.wait_for(state="visible")
        return matches.all()

    def press(self, *keys: str) -> str:
        """Press keys one after the other and return what has the focus then: its label, or else its text."""
        for key in keys:
            self.page.keyboard.press(key)
        return str(self.page.evaluate("() => document.activeElement.ariaLabel || document.activeElement.innerText"))

    def ask(self, code: str) -> str:
        """Run code in the notebook's kernel, without a cell, and return what it printed or the traceback."""
        return str(self.page.evaluate(_ASK, code))

    def begin(self, code: str) -> None:
        """Run code in the notebook's kernel, without a cell, and do not wait for its end."""
        self.page.evaluate(f"code => void ({_ASK})(code)", code)

    def kill_kernel(self) -> None:
        """Kill the kernel as a lack of memory would, read what JupyterLab says, and return when there is another."""
        os.kill(int(self.ask("import os; print(os.getpid())")), signal.SIGKILL)
        self.page.get_by_role("dialog").get_by_role("button", name="Ok").click(timeout=SECONDS * 1000)
        self.until(_READY)

    def picture(self, file: Path, selector: str | None = None) -> Path:
        """Write a picture of the window, or of the first match, and return its path."""
        (self.page.locator(selector).first if selector else self.page).screenshot(path=file)
        return file

    def leave(self) -> None:
        """Close the page and its profile."""
        self.page.context.close()

    def until(self, condition: str) -> None:
        """Return when a condition of the page holds; fail with what the page and the server show."""
        try:
            self.page.wait_for_function(condition, timeout=SECONDS * 1000)
        except NotInTimeError as error:
            message = f"{condition} did not come true; {self.page.evaluate(_STATE)}; server:\n{self.lab.said()[-3000:]}"
            raise AssertionError(message) from error

    def _run(self, command: str) -> None:
        self.until(_READY)
        self.page.evaluate(_RUN, command)
        self.until(_RAN)
        ran = self.page.evaluate("() => window.ran")
        assert ran == "done", ran
