"""One Chromium for all browser tests, and pages that watch what happens in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from browser.chromium import ADVICE, ARGUMENTS, found
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Dialog, Page, Route

# Before anything in the page runs: what payloads call, and what counts their calls.
_WATCH = "window.executed = []; window.ran = what => window.executed.push(String(what));"


@dataclass
class Visit:
    """A page that was opened, and what it did."""

    page: Page
    executed: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    """Addresses asked for, other than the page itself."""

    def settle(self) -> None:
        """Give what is delayed the time to happen, then note what ran."""
        self.page.wait_for_timeout(400)
        self.executed = self.page.evaluate("window.executed || []")

    @property
    def harm(self) -> tuple[list[str], list[str], list[str]]:
        """Return executions, dialogs and requests."""
        return self.executed, self.dialogs, self.requests


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return a running Chromium; without one the test fails, it is never skipped."""
    path = found()
    if path is None:
        pytest.fail(f"no Chromium was found: {ADVICE}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[[Path], Visit]]:
    """Return a function that opens a file in a new page, which can reach nothing, and watches it."""
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    context.add_init_script(_WATCH)

    def open_file(path: Path) -> Visit:
        page = context.new_page()
        seen = Visit(page)
        own = path.as_uri()

        def stop(route: Route) -> None:
            if route.request.url.partition("#")[0] == own:
                route.continue_()
            else:
                seen.requests.append(route.request.url)
                route.abort()

        def close(dialog: Dialog) -> None:
            seen.dialogs.append(dialog.message)
            dialog.dismiss()

        page.route("**/*", stop)
        page.on("dialog", close)
        page.goto(own, wait_until="load")
        return seen

    yield open_file
    context.close()
